-- How far the candidates have come: for each step, how many began it, completed it and failed it.
SELECT (step->>'order')::integer AS step,
       step->>'step_id' AS step_id,
       count(*) FILTER (WHERE (step->>'started')::boolean) AS started,
       count(*) FILTER (WHERE (step->>'completed')::boolean) AS completed,
       count(*) FILTER (WHERE (step->>'knocked_out')::boolean) AS knocked_out
FROM heymilo.candidates, jsonb_array_elements(document #> '{workflow,steps}') AS step
WHERE gone_at IS NULL  -- of one posting: AND posting = 'POSTING'
GROUP BY 1, 2
ORDER BY 1;
