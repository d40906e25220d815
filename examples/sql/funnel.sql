-- How far the candidates have come: for each step, how many began it, completed it and failed it.
SELECT json_extract(step.value, '$.order') AS step,
       json_extract(step.value, '$.step_id') AS step_id,
       sum(json_extract(step.value, '$.started')) AS started,
       sum(json_extract(step.value, '$.completed')) AS completed,
       sum(coalesce(json_extract(step.value, '$.knocked_out'), 0)) AS knocked_out
FROM candidates, json_each(document, '$.workflow.steps') AS step
WHERE gone_at IS NULL
GROUP BY step, step_id
ORDER BY step;
