-- Where do people live? A row is a spot of a grid whose cells are $step degrees high and about as wide on the ground.
SELECT DISTINCT
    band::INTEGER AS band,
    floor(longitude * cos(radians((band + 0.5) * $step)) / $step)::INTEGER AS cell
FROM (
    SELECT floor(latitude / $step) AS band, longitude
    FROM seeds.places
    WHERE kind <> 'continent' AND latitude BETWEEN $south AND $north AND longitude BETWEEN $west AND $east
)
ORDER BY ALL;
