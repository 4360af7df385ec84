"""An archive of twenty years through `newsmill backfill`: `python -m tests.long_backfill 200000`.

Writes that many short invented articles into month folders, and runs the real command over them, with the language
stage in its smallest real form: a blank pipeline that cuts sentences and knows a few names. Prints a line for every
twentieth of the way: time, articles, articles a second since the last line, memory of the coordinator, of its workers
with their language processes, and of the Prefect server (RSS in MB; for workers the largest and the sum), files and
size of the warehouse. At the end whether memory was flat: the last half of the curve against the first.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.commands import memory_of
from warehouse import connect
from warehouse.catalog import CATALOG_FILE, TABLES_FOLDER

YEARS = range(2004, 2024)
LINES = 20
SAMPLE_SECONDS = 2.0
FLAT = 1.15
"""Memory is flat where the last half of the curve is at its highest no higher than so many times the first half."""

ROLES = ("Mayor", "Governor", "Minister", "Senator", "Judge", "Captain")
FIRST_NAMES = ("Ada", "Bo", "Ida", "Jon", "Kay", "Lea", "Max", "Nia", "Ole", "Pia")
LAST_NAMES = ("Cole", "Lund", "Frost", "Marsh", "Vane", "Holt", "Reed", "Stone", "Birch", "Dale")
PLACES = ("Port Ellery", "Karvenia", "Tolmark", "New Hollin", "Grantsby", "Westmere")
SENTENCES = (
    '"The {thing} will open in {month}," {role} {name} said on Monday.',
    "{role} {name} said the {thing} had cost {number} million dollars.",
    "Workers in {place} went on strike over the {thing}, {name} told reporters.",
    "The council of {place} met the builders of the {thing} on Tuesday.",
    "{name} denied that the talks with {place} had failed.",
    "Rescuers reached {number} people near {place}.",
    "The {thing} was closed for {number} days after a fire in {place}.",
)
THINGS = ("bridge", "harbour", "railway", "hospital", "dam", "museum", "school", "airport", "tunnel", "market")
MONTHS = ("January", "March", "May", "July", "September", "November")


@dataclass(slots=True)
class Sample:
    """What the processes of the run held at one moment, in MB, and how far it had come."""

    seconds: float
    articles: int
    coordinator: float
    largest_worker: float
    workers: float
    server: float


def write_archive(folder: Path, articles: int, seed: int = 1) -> None:
    """Writes year/month/day.jsonl, a file for every day that has any; one article in twenty says what another says."""
    chance = random.Random(seed)
    months = [(year, month) for year in YEARS for month in range(1, 13)]
    number = 0
    said: list[str] = []
    for place, (year, month) in enumerate(months):
        target = articles * (place + 1) // len(months)
        by_day: dict[int, list[str]] = {}
        while number < target:
            repeated = said and chance.random() < 0.05
            text = chance.choice(said) if repeated else _text(chance, number)
            if chance.random() < 0.02 and len(said) < 10_000:
                said.append(text)
            day = chance.randint(1, 28)
            record = {"id": str(number), "text": text, "date": f"{year}-{month:02}-{day:02}"}
            by_day.setdefault(day, []).append(json.dumps(record))
            number += 1
        month_folder = folder / f"{year}" / f"{month:02}"
        month_folder.mkdir(parents=True)
        for day, lines in by_day.items():
            (month_folder / f"{day:02}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _text(chance: random.Random, number: int) -> str:
    words = {
        "role": chance.choice(ROLES),
        "name": f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}",
        "place": chance.choice(PLACES),
        "thing": chance.choice(THINGS),
        "month": chance.choice(MONTHS),
        "number": chance.randint(2, 900),
    }
    sentences = [sentence.format(**words) for sentence in chance.sample(SENTENCES, 3)]
    return " ".join(sentences) + f" It was report {number} of the day."


def write_model(folder: Path) -> None:
    """Writes the smallest pipeline that does something: sentences by their points, and a few names."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler")
    people = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    ruler.add_patterns([{"label": "PERSON", "pattern": name} for name in people])  # type: ignore[attr-defined]
    ruler.add_patterns([{"label": "GPE", "pattern": name} for name in PLACES])  # type: ignore[attr-defined]
    nlp.meta.update(name="tiny", version="1.0.0")
    nlp.to_disk(folder)


def run_backfill(archive: Path, warehouse: Path, model: Path, options: list[str]) -> Iterator[Sample]:
    """Runs the command, and answers a sample every few seconds. Raises CalledProcessError where it fails."""
    command = [
        sys.executable, "-m", "flows.cli", "backfill", str(archive), "-w", str(warehouse), "--model", str(model),
        *options,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    environment |= {"PREFECT_HOME": str(warehouse.parent / "prefect"), "DO_NOT_TRACK": "1"}
    started = time.monotonic()
    with (warehouse.parent / "said.txt").open("w") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        while process.poll() is None:
            yield _sample(process.pid, warehouse, time.monotonic() - started)
            time.sleep(SAMPLE_SECONDS)
    if process.returncode:
        sys.stdout.write((warehouse.parent / "said.txt").read_text()[-3000:])
        raise subprocess.CalledProcessError(process.returncode, command)


def _sample(pid: int, warehouse: Path, seconds: float) -> Sample:
    held = memory_of(pid)
    return Sample(seconds, _articles_in(warehouse), held.coordinator, held.worker, held.workers, held.server)


def _articles_in(warehouse: Path) -> int:
    """Articles of runs that have ended."""
    try:
        with connect(warehouse) as lake:
            row = lake.execute("SELECT sum((counts->>'articles')::BIGINT) FROM runs").fetchone()
    except Exception:  # noqa: BLE001 - it is only being made
        return 0
    return int(row[0] or 0) if row else 0


def print_line(sample: Sample, before: Sample, warehouse: Path) -> None:
    """One line of the table."""
    files = [path.stat().st_size for path in (warehouse / TABLES_FOLDER).rglob("*.parquet")]
    catalog = sum(path.stat().st_size for path in warehouse.glob(f"{CATALOG_FILE}*"))
    rate = (sample.articles - before.articles) / max(sample.seconds - before.seconds, 1e-3)
    sys.stdout.write(
        f"| {sample.seconds:,.0f} | {sample.articles:,} | {rate:,.0f} | {sample.coordinator:,.0f}"
        f" | {sample.largest_worker:,.0f} | {sample.workers:,.0f} | {sample.server:,.0f}"
        f" | {len(files):,} | {catalog / 1e6:,.1f} |\n"
    )
    sys.stdout.flush()


def print_verdict(samples: list[Sample]) -> None:
    """Whether memory was flat: the first tenth, in which all starts, aside."""
    samples = samples[len(samples) // 10 :]
    middle = len(samples) // 2
    for name in ("coordinator", "largest_worker", "server"):
        first = max(getattr(sample, name) for sample in samples[:middle])
        last = max(getattr(sample, name) for sample in samples[middle:])
        verdict = "flat" if last <= first * FLAT else "GROWS"
        sys.stdout.write(
            f"{name}: at most {first:,.0f} MB in the first half, {last:,.0f} MB in the second: {verdict}\n"
        )


def main(articles: int, options: list[str]) -> None:
    """Writes the archive, runs the backfill, and prints what was measured as it goes."""
    with tempfile.TemporaryDirectory(prefix="newsmill-long-backfill-") as root:
        folder = Path(root)
        write_archive(folder / "archive", articles)
        write_model(folder / "model")
        sys.stdout.write(
            "| s | articles | articles/s | MB coordinator | MB largest worker | MB workers | MB server | files"
            " | MB of catalog |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        )
        sys.stdout.flush()
        samples = [Sample(0, 0, 0, 0, 0, 0)]
        printed = samples[0]
        for sample in run_backfill(folder / "archive", folder / "warehouse", folder / "model", options):
            samples.append(sample)
            if sample.articles - printed.articles >= articles // LINES:
                print_line(sample, printed, folder / "warehouse")
                printed = sample
        print_verdict(samples)
        shutil.copy(folder / "said.txt", Path(tempfile.gettempdir()) / "newsmill-long-backfill.txt")
        with connect(folder / "warehouse") as lake:
            lake.sql("SELECT count(*) AS articles, count(duplicate_of) AS duplicates FROM articles").show()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
