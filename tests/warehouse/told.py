"""A small warehouse in which every promise of the tables holds, with rows in all of them."""

import shutil
from pathlib import Path

import duckdb

from tests.conftest import PROJECT
from tests.warehouse.staged import Files, load
from warehouse.runs import COMPLETED, RunInfo, finish_run, start_run

TEXT = "Ann Roe said the ferry will sail. Bo Lund thanked her."
FILES: Files = {
    "c/ferry.jsonl": [("ferry", TEXT), ("weir", "The weir was raised by Ørsted.")],
    "c/rain.txt": [("rain", TEXT.replace(" ", "  "))],
}

_QUOTE = """
INSERT INTO quotes BY NAME
SELECT article_id, 1 AS quote_no, published_date, 1 AS sentence_no, 'the ferry will sail' AS text, 13 AS start_char,
    32 AS end_char, 'indirect' AS quote_type, 1 AS group_no, 'said' AS cue, 8 AS cue_start, 12 AS cue_end,
    'say' AS cue_lemma, 'Ann Roe' AS speaker_text, 0 AS speaker_start, 7 AS speaker_end, 0.9 AS confidence
FROM articles WHERE source_uri = 'ferry'
"""
_EVENT = """
INSERT INTO events BY NAME
SELECT article_id, 1 AS event_no, published_date, 2 AS sentence_no, event_type, taxonomy, 'thanked' AS trigger_text,
    42 AS trigger_start, 49 AS trigger_end, 'Bo Lund' AS actor_text, 34 AS actor_start, 41 AS actor_end,
    'her' AS recipient_text, 50 AS recipient_start, 53 AS recipient_end, 'happened' AS modality,
    'affirmed' AS polarity, 34 AS evidence_start, 54 AS evidence_end, 1 AS quote_no
FROM articles, (FROM seeds.event_types WHERE taxonomy = 'plover' ORDER BY event_type LIMIT 1)
WHERE source_uri = 'ferry'
"""


def few_seeds(folder: Path) -> Path:
    """The one seed table that the checks read: a warehouse with it alone is made in no time."""
    folder.mkdir(parents=True)
    shutil.copy(PROJECT / "seeds" / "event_types.csv", folder)
    return folder


def run_info(flow: str = "ingest", **parameters: str) -> RunInfo:
    """What a run starts with."""
    return RunInfo(flow, parameters, None, "0.1.0", "en_core_web_sm", "3.8.0", "0" * 64)


def load_run(connection: duckdb.DuckDBPyConnection, staging: Path, files: Files = FILES, **parameters: str) -> str:
    """A whole run over the files, with a quote and an event in the article 'ferry'. Answers its id."""
    run_id = start_run(connection, run_info(**parameters))
    load(connection, staging, run_id, files, shard_files=2)
    for statement in (_QUOTE, _EVENT):
        connection.execute(f"{statement} AND text = ? AND run_id = ?", [TEXT, run_id])
    connection.execute("UPDATE articles SET sentence_count = 2 WHERE duplicate_of IS NULL AND sentence_count IS NULL")
    finish_run(connection, run_id, COMPLETED, {"articles": sum(map(len, files.values()))})
    return run_id
