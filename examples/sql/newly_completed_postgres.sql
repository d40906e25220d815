-- Candidates found to be completed within the last day, with a score over 80.
SELECT name, email, score, observed_at AS found_at
FROM heymilo.candidate_history AS history JOIN heymilo.candidates USING (posting, interview_id)
WHERE history.status = 'completed'
  AND observed_at > now() - interval '1 day'
  AND score > 80
  AND gone_at IS NULL
ORDER BY score DESC;
