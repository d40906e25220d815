-- How long a step takes, in hours: from the end of the step before it, or from the invitation.
WITH steps AS (
  SELECT (step->>'order')::integer AS step,
         step->>'step_id' AS step_id,
         (step->>'completed')::boolean AS completed,
         to_timestamp((step->>'last_updated_at')::double precision) AS ended,
         CASE (step->>'order')::integer
           WHEN 1 THEN created_at
           ELSE to_timestamp(lag((step->>'last_updated_at')::double precision) OVER (
             PARTITION BY posting, interview_id ORDER BY (step->>'order')::integer))
         END AS began
  FROM heymilo.candidates, jsonb_array_elements(document #> '{workflow,steps}') AS step)
SELECT step, step_id, count(*) AS candidates,
       round(avg(extract(epoch FROM ended - began))::numeric / 3600, 2) AS average,
       round(max(extract(epoch FROM ended - began))::numeric / 3600, 2) AS longest
FROM steps
WHERE completed AND ended - began IS NOT NULL
GROUP BY step, step_id
ORDER BY step;
