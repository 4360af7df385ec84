"""The closed set of reasons for which a record stands in quarantine, with what each means.

docs/inputs.md has the same table; a test holds the two together.
"""

ERROR_TYPES: dict[str, tuple[str, str]] = {
    "unreadable": ("read", "the machine could not read the file; the next run tries again"),
    "damaged": ("read", "compressed or packed data is damaged or cut off; the records before that are loaded"),
    "empty": ("read", "the file has no bytes"),
    "unknown_format": ("read", "the content is of no kind that newsmill reads"),
    "too_large": ("read", "one record is larger than the limit for a record"),
    "limit_exceeded": ("read", "an archive unpacks to more than the limits allow"),
    "encrypted": ("read", "the archive's member is encrypted"),
    "not_a_file": ("read", "the archive's member is a link or a device"),
    "nested_too_deep": ("read", "an archive in an archive in an archive"),
    "read_crash": ("read", "reading it ends the process: a parser crashes on it, or takes all memory"),
    "superseded": ("read", "a later record of the run has the same identity and another text"),
    "repeated": ("read", "a later record of the run has the same identity and the same text"),
    "not_text": ("decode", "bytes that are text in no encoding"),
    "broken_json": ("parse", "the record is not JSON"),
    "not_an_object": ("parse", "the record is JSON, but no object"),
    "broken_csv": ("parse", "the row does not fit the header"),
    "broken_parquet": ("parse", "the file is not Parquet, or a part of it is damaged"),
    "broken_xml": ("parse", "the markup is not XML"),
    "broken_html": ("parse", "the page cannot be parsed"),
    "broken_warc": ("parse", "the WARC record is damaged or cut off; the records before it are loaded"),
    "unmapped": ("parse", "no field holds the text: the message names the fields there are, and how to map them"),
    "no_text": ("parse", "the record has no text"),
    "unexpected": ("parse", "a fault of newsmill; please report it"),
    "enrich_error": ("enrich", "the language stage failed on the text"),
    "enrich_timeout": ("enrich", "the language stage did not come to an end on the text"),
    "enrich_memory": ("enrich", "the language stage ran out of memory on the text"),
    "enrich_crash": ("enrich", "the text ended the process of the language stage"),
}
"""Stage and meaning by error_type."""
