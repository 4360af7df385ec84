-- content_sha256 is that of the text, with runs of white space as one blank.
-- The class is what Python's str.split takes for white space.
SELECT source_uri AS example
FROM articles
WHERE content_sha256 IS DISTINCT FROM sha256(trim(regexp_replace(
    text,
    '[\s\x0b\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+',
    ' ',
    'g'
)))
