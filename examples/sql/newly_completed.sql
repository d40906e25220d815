-- Candidates found to be completed within the last day, with a score over 80.
SELECT name, email, score, datetime(observed_at, 'unixepoch') AS found_at
FROM candidate_history JOIN candidates USING (interview_id)
WHERE candidate_history.status = 'completed'
  AND observed_at > strftime('%s', 'now', '-1 day')
  AND score > 80
  AND gone_at IS NULL
ORDER BY score DESC;
