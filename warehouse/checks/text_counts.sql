-- char_count and word_count are those of the text.
-- The class is what Python's str.split takes for white space.
SELECT source_uri AS example
FROM articles
WHERE char_count <> length(text)
    OR word_count <> len(list_filter(
        regexp_split_to_array(
            text,
            '[\s\x0b\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+'
        ),
        lambda word: word <> ''
    ))
