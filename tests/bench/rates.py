"""Words a second of `newsmill ingest` with two workers, beside plain spaCy and others over the same cleaned texts.

Start-up is left out on both sides: newsmill counts from the first text in the language stage to the last commit, the
loops from the loaded model to the last result. The texts are those that newsmill ran the model on: no duplicates.
"""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.commands import CommandLine, last_counts
from tests.bench.corpus import write_corpus
from tests.bench.printing import print_table, say
from warehouse import connect

WORKERS = 2
BATCHES = (128, 64, 32, 16)
CHUNK_TEXTS = 40
ORIGINALS = """
SELECT text, word_count FROM articles WHERE duplicate_of IS NULL AND coalesce(language, 'en') = 'en' ORDER BY source_uri
"""

OURS = "newsmill ingest"
STAGE = "newsmill's language stage alone"
DEFAULTS = "spaCy, its defaults"
NEWEST = "newest spaCy, its defaults"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "BLIS_NUM_THREADS": "1"}


@dataclass(slots=True, frozen=True)
class Texts:
    """What all run over."""

    folder: Path
    """The files, for newsmill."""
    lines: Path
    """The cleaned texts, for the others."""
    words: int
    number: int


def print_rates(
    root: Path,
    newsmill: CommandLine,
    source: Path | None,
    texts: int,
    rounds: int,
    newest: Path | None,
    *,
    is_small: bool,
) -> None:
    """The table of rates; `newest` is the interpreter that has the newest spaCy, and textacy."""
    found = prepare(root, newsmill, source, texts)
    runs = steps(root, newsmill, found, newest)
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    versions: dict[str, str] = {}
    if is_small:
        runs = {name: runs[name] for name in (OURS, STAGE, DEFAULTS)}
    for number in range(rounds):
        for name, run in runs.items():
            took, version = run()
            seconds[name].append(took)
            versions[name] = version
            say(f"<!-- round {number + 1}: {name}: {took:.1f} s -->")
    batches = [name for name in (DEFAULTS, *map(batched, BATCHES)) if name in runs]
    best = min(batches, key=lambda name: median(seconds[name]))
    compared = {
        "spaCy at its best batch": best,
        "newest spaCy, defaults": NEWEST,
        "language stage": STAGE,
    }
    compared = {title: name for title, name in compared.items() if name in runs}
    say(f"\n{found.number:,} texts, {found.words:,} words, {rounds} rounds; the best batch is that of: {best}.\n")
    print_table(
        ["two processes, two cores", "spaCy", "words/s", *(f"of {title}" for title in compared)],
        [
            [
                name,
                versions[name],
                f"{found.words / median(took):,.0f}",
                *(f"{_ratio(took, seconds[other]):.2f}" for other in compared.values()),
            ]
            for name, took in seconds.items()
        ],
    )


def prepare(root: Path, newsmill: CommandLine, source: Path | None, texts: int) -> Texts:
    """Loads the texts once, to know what they are when cleaned; that also fills the caches of the disk."""
    folder, warehouse = root / "corpus", root / "first"
    write_corpus(folder, source, texts)
    newsmill.run("ingest", str(folder), "-w", str(warehouse), "--workers", str(WORKERS))
    with connect(warehouse) as lake:
        rows = lake.execute(ORIGINALS).fetchall()
    lines = root / "texts.jsonl"
    lines.write_text("".join(json.dumps({"text": text}) + "\n" for text, _ in rows), encoding="utf-8")
    return Texts(folder, lines, sum(words for _, words in rows), len(rows))


Step = Callable[[], tuple[float, str]]


def steps(root: Path, newsmill: CommandLine, texts: Texts, newest: Path | None) -> dict[str, Step]:
    """What is measured, by name: each answers seconds, and the version of spaCy."""
    this = Path(sys.executable)
    runs: dict[str, Step] = {
        OURS: lambda: ingest(root, newsmill, texts),
        STAGE: lambda: run_stage(texts, has_extraction=False),
        "the same, with extraction": lambda: run_stage(texts, has_extraction=True),
        DEFAULTS: lambda: run_loop(this, "pipe", texts),
    }
    for batch in BATCHES:
        runs[batched(batch)] = lambda batch=batch: run_loop(this, "pipe", texts, batch)  # type: ignore[misc]
    runs["spaCy, own processes, 16 texts a batch"] = lambda: run_loop(this, "own", texts, 16)
    runs["spaCy and Parquet by hand, 32 texts a batch"] = lambda: run_loop(this, "parquet", texts, 32)
    if newest:
        runs[NEWEST] = lambda: run_loop(newest, "pipe", texts)
        runs["newest spaCy and textacy's direct_quotations"] = lambda: run_loop(newest, "textacy", texts)
    return runs


def batched(batch: int) -> str:
    """The name of plain spaCy with batches of so many texts."""
    return f"spaCy, {batch} texts a batch"


def ingest(root: Path, newsmill: CommandLine, texts: Texts) -> tuple[float, str]:
    """The real command into a new warehouse."""
    import spacy

    warehouse = root / "warehouse"
    shutil.rmtree(warehouse, ignore_errors=True)
    newsmill.run("ingest", str(texts.folder), "-w", str(warehouse), "--workers", str(WORKERS))
    return float(last_counts(warehouse)["enrich_seconds"]), spacy.__version__


def run_loop(python: Path, kind: str, texts: Texts, batch: int | None = None) -> tuple[float, str]:
    """One of the loops, by that interpreter."""
    command = [str(python), str(Path(__file__).with_name("loops.py")), kind, str(texts.lines)]
    command += ["--processes", str(WORKERS)]
    if batch is not None:
        command += ["--batch", str(batch)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return float(answer["seconds"]), str(answer["spacy"])


def run_stage(texts: Texts, *, has_extraction: bool) -> tuple[float, str]:
    """The language stage in processes of its own, without files, tables and Prefect."""
    import spacy

    with texts.lines.open(encoding="utf-8") as lines:
        all_texts = [json.loads(line)["text"] for line in lines]
    chunks = [all_texts[start : start + CHUNK_TEXTS] for start in range(0, len(all_texts), CHUNK_TEXTS)]
    os.environ.update(ONE_THREAD)
    spawned = multiprocessing.get_context("spawn")
    ready = spawned.Barrier(WORKERS + 1)
    with spawned.Pool(WORKERS, initializer=prepare_stage, initargs=(ready,)) as pool:
        ready.wait()
        started = time.perf_counter()
        for _ in pool.imap_unordered(extract_chunk if has_extraction else parse_chunk, chunks):
            pass
        seconds = time.perf_counter() - started
    for name in ONE_THREAD:
        del os.environ[name]
    return seconds, spacy.__version__


def prepare_stage(ready: Any) -> None:
    """Loads model and word lists."""
    extract_chunk([""])
    ready.wait()


def parse_chunk(texts: list[str]) -> int:
    """Tokens of the texts."""
    from transforms.language import load_model, memory_zone, parse_texts

    nlp = load_model()
    with memory_zone(nlp):
        return sum(map(len, parse_texts(nlp, texts)))


def extract_chunk(texts: list[str]) -> int:
    """Articles done."""
    from transforms.extraction import extract_all
    from transforms.language import load_model

    return sum(1 for _ in extract_all(load_model(), ((text, None) for text in texts)))


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """How many times as fast, within a round; the median of the rounds."""
    return median(b / a for a, b in zip(ours, theirs, strict=True))
