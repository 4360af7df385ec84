"""What can be repaired in a record, by the names under which runs count it."""

REPAIRS: dict[str, str] = {
    "encoding_declared": "bytes that are not UTF-8, read in the encoding that the file declares",
    "encoding_guessed": "bytes that are not UTF-8, whose encoding was guessed",
    "bytes_replaced": "single bytes that do not fit the encoding: as Windows-1252 where that makes sense, else U+FFFD",
    "markup": "broken markup, read as far as it can be understood",
    "mojibake": "text that had been decoded wrongly before, such as 'cafÃ©'",
    "references": "HTML references in text, such as '&amp;'",
    "escapes": "backslash and 'n' where a line break is meant, and the like",
    "control_characters": "characters that print nothing, soft hyphens among them",
    "long_runs": "runs of more than 100 marks, and data without blanks: cut after 100 characters",
    "lines_joined": "lines wrapped in the middle of sentences",
    "edge_lines": "lines at the edges that are no part of the article, such as 'Read more'",
}
"""Meaning by name. A run counts the articles in which each was done."""
