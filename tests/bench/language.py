"""How fast the language stage is: `python -m tests.bench.language [FOLDER] [TEXTS] [ROUNDS]`.

Parses the texts (`*.txt` of the folder, cleaned as ingest does, a seeded choice of TEXTS; without a folder invented
ones) in one process with one thread, by plain spaCy and with one gain after the other, in turn, for some rounds, and
prints words a second of processor time, which other work on the machine stretches little, and ratios within a round, as
they stand in docs/benchmarks.md. Then it says what extraction takes of the time of the parse, and checks on the same
texts that annotations and rows are those of plain spaCy, and that none depends on the batch.
"""

import os

# Before NumPy is imported.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", BLIS_NUM_THREADS="1")

import platform
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import spacy.about
import thinc.about
from spacy.language import Language
from spacy.tokens import Doc

from tests.transforms.articles import annotations, invented_articles
from transforms.cleaning import clean_text
from transforms.extraction import ZONE_WORDS, extract, extract_all
from transforms.language import BOUNDARIES, batch_by_words, parse_texts
from transforms.models import DEFAULT_MODEL, find_model
from transforms.pipeline import GAINS, load_pipeline

TEXTS, ROUNDS = 80, 3
DAY = date(2005, 3, 1)
LEARNED = 0.4
"""The share of the texts that is not measured, but read before, where words are learned first."""

Run = Callable[[], int]


def main(folder: str = "", texts: str = str(TEXTS), rounds: str = str(ROUNDS)) -> None:
    """Prints it all. Raises SystemExit where annotations or rows differ."""
    chosen = read_texts(Path(folder), int(texts)) if folder else list(invented_articles(int(texts) * 2, seed=3))
    cut = int(len(chosen) * LEARNED)
    learned, measured = chosen[:cut], chosen[cut:]
    say(
        f"spaCy {spacy.about.__version__}, thinc {thinc.about.__version__}, NumPy {np.__version__}, Python"
        f" {platform.python_version()}, {platform.machine()}; {len(measured)} texts, {rounds} rounds"
    )
    plain, tuned = load(()), load(GAINS)
    print_rates(measure(steps(plain, tuned, learned, measured), int(rounds)))
    # The word lists are read with the first text.
    list(extract_all(tuned, [(learned[0], DAY)]))
    print_share(tuned, measured)
    sys.exit(any([print_differences(plain, tuned, measured), print_batches(tuned, measured)]))


def read_texts(folder: Path, number: int) -> list[str]:
    """A seeded choice of the folder's texts, cleaned."""
    paths = sorted(folder.rglob("*.txt"))
    return [
        clean_text(path.read_text(encoding="utf-8", errors="replace")).text
        for path in random.Random(3).sample(paths, min(number, len(paths)))
    ]


def load(gains: Iterable[str]) -> Language:
    """The default pipeline with these gains, and sentences bounded as the language stage has them."""
    nlp = load_pipeline(find_model(DEFAULT_MODEL).location, list(gains))
    nlp.add_pipe(BOUNDARIES, first=True)
    return nlp


def steps(plain: Language, tuned: Language, learned: Sequence[str], texts: Sequence[str]) -> dict[str, Run]:
    """What is measured, by name: each parses all texts and answers the number of words."""
    runs: dict[str, Run] = {
        "spaCy, its defaults (256 texts a batch)": lambda: count(plain.pipe(texts)),
        "spaCy, 16 texts a batch": lambda: count(plain.pipe(texts, batch_size=16)),
        "spaCy, batches by words": lambda: count(parse(plain, texts)),
    }
    for number, gain in enumerate(GAINS, start=1):
        nlp = load(GAINS[:number])
        runs[f"+ {gain}"] = lambda nlp=nlp: count(parse(nlp, texts))  # type: ignore[misc]
    count(parse(tuned, learned, has_zones=False))
    runs["+ common words learned before"] = lambda: count(parse(tuned, texts))
    return runs


def parse(nlp: Language, texts: Sequence[str], *, has_zones: bool = True) -> Iterator[Doc]:
    """The Docs, in memory zones of the size that the language stage has."""
    for zone in batch_by_words(texts, ZONE_WORDS):
        with nlp.memory_zone() if has_zones else nullcontext():
            yield from parse_texts(nlp, zone)


def count(docs: Iterable[Doc]) -> int:
    """Words of all Docs, which are let go."""
    return sum(map(len, docs))


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measure(runs: dict[str, Run], rounds: int) -> dict[str, list[float]]:
    """Words a second of each in each round, after one that does not count."""
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            started = time.process_time()
            words = run()
            if number:
                rates[name].append(words / (time.process_time() - started))
    return rates


def print_rates(rates: dict[str, list[float]]) -> None:
    """A table: medians, and medians of the ratios within a round."""
    default, small, *_ = rates.values()
    say("\n| one process, one thread | words/s | of spaCy's defaults | of spaCy, 16 texts | of the step before |")
    say("|---|---:|---:|---:|---:|")
    before = default
    for name, found in rates.items():
        ratios = [
            median(a / b for a, b in zip(found, base, strict=True)) for base in (default, small, before)
        ]  # fmt: skip
        say(f"| {name} | {median(found):,.0f} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")
        before = found


def print_share(nlp: Language, texts: Sequence[str]) -> None:
    """What entities, quotes and events take of the time that the model takes."""
    parsing = extracting = 0.0
    for zone in batch_by_words(texts, ZONE_WORDS):
        with nlp.memory_zone():
            started = time.process_time()
            docs = list(parse_texts(nlp, zone))
            parsed = time.process_time()
            for doc in docs:
                extract(doc, DAY)
            parsing, extracting = parsing + parsed - started, extracting + time.process_time() - parsed
            del docs, doc
    say(f"\nExtraction takes {extracting / parsing:.0%} of the time of the parse.")


def print_differences(plain: Language, tuned: Language, texts: Sequence[str]) -> int:
    """Tokens and articles of which plain spaCy says something else; answers how many."""
    theirs = (annotations(doc) for doc in parse(plain, texts))
    ours = (annotations(doc) for doc in parse(tuned, texts))
    tokens = differing = 0
    for a, b in zip(theirs, ours, strict=True):
        tokens += len(a)
        differing += sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))
    articles = [(text, DAY) for text in texts]
    rows = sum(a != b for a, b in zip(extract_all(plain, articles), extract_all(tuned, articles), strict=True))
    say(f"Of {tokens:,} tokens {differing} differ from plain spaCy's; of {len(texts)} articles the rows of {rows}.")
    return differing + rows


def print_batches(nlp: Language, texts: Sequence[str]) -> int:
    """Texts that are annotated otherwise alone than among others, in order and shuffled; answers how many."""
    alone = [annotations(doc) for text in texts for doc in parse(nlp, [text])]
    together = [annotations(doc) for doc in parse(nlp, texts)]
    order = list(range(len(texts)))
    random.Random(5).shuffle(order)
    shuffled = dict(zip(order, map(annotations, parse(nlp, [texts[index] for index in order])), strict=True))
    differing = sum(not text == together[index] == shuffled[index] for index, text in enumerate(alone))
    say(f"Of {len(texts)} texts {differing} are annotated otherwise in another batch.")
    return differing


if __name__ == "__main__":
    main(*sys.argv[1:])
