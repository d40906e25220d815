-- How long a step takes, in hours: from the end of the step before it, or from the invitation.
WITH steps AS (
  SELECT json_extract(step.value, '$.order') AS step,
         json_extract(step.value, '$.step_id') AS step_id,
         json_extract(step.value, '$.completed') AS completed,
         json_extract(step.value, '$.last_updated_at') AS ended,
         CASE json_extract(step.value, '$.order')
           WHEN 1 THEN created_at
           ELSE lag(json_extract(step.value, '$.last_updated_at')) OVER (
             PARTITION BY interview_id ORDER BY json_extract(step.value, '$.order'))
         END AS began
  FROM candidates, json_each(document, '$.workflow.steps') AS step)
SELECT step, step_id, count(*) AS candidates,
       round(avg(ended - began) / 3600, 2) AS average,
       round(max(ended - began) / 3600, 2) AS longest
FROM steps
WHERE completed AND ended - began IS NOT NULL
GROUP BY step, step_id
ORDER BY step;
