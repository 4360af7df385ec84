"""Whatever is delivered, changed, cut off, merged and undone, the tables hold what a plain model says.

Comes in: sequences of steps that Hypothesis makes up. The model is a dictionary: it knows nothing of shards, waves,
commits or files on disk.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import tests.warehouse.staged as staged
from tests.warehouse.staged import POISON, Files
from tests.warehouse.told import few_seeds, run_info
from warehouse.catalog import open_for_writing
from warehouse.ledger import record_files
from warehouse.maintenance import Policy, maintain
from warehouse.publish import ShardCounts, publish_shard
from warehouse.runs import COMPLETED, finish_run, start_run
from warehouse.staging import StagedShard
from warehouse.undo import undo_run
from warehouse.verify import check_tables

LABELS = ("ORG", "GPE", "PERSON")


class Stored(NamedTuple):
    """An article of the model: where it comes from, and in which run it came."""

    file: str
    record_no: int
    text: str
    run: int


@dataclass(slots=True)
class Model:
    """What should stand: articles by identity, the original by text, and the files as they were last delivered."""

    articles: dict[str, Stored] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    files: Files = field(default_factory=dict)

    def load(self, delivered: Files, run: int) -> "Model":
        """The model after a run over these files."""
        left = {identity: row for identity, row in self.articles.items() if row.file not in delivered}
        stays = set(left)
        for file in sorted(delivered):
            for record_no, (identity, text) in enumerate(delivered[file], start=1):
                left[identity] = Stored(file, record_no, text, run)
                stays.discard(identity)
        articles = {identity: row for identity, row in left.items() if row.text != POISON}
        return Model(articles, self._choose_originals(articles, stays), {**self.files, **delivered})

    def _choose_originals(self, articles: Mapping[str, Stored], stays: set[str]) -> dict[str, str]:
        """For each text the old original where it stays, else the first that stays, else the first that came."""
        chosen: dict[str, str] = {}
        for identity in sorted(articles, key=lambda identity: (identity not in stays, articles[identity][:2])):
            text = articles[identity].text
            old = self.originals.get(text)
            chosen.setdefault(text, old if old in stays and articles[old].text == text else identity)
        return chosen

    def contents(self) -> dict[str, tuple[str, str, str | None]]:
        """As `staged.contents` answers it."""
        return {
            identity: (row.file, row.text, None if self.originals[row.text] == identity else self.originals[row.text])
            for identity, row in self.articles.items()
        }


class CrashError(Exception):
    """Stands for a crash between two commits, or in the middle of one."""


@dataclass(slots=True, frozen=True)
class Ingest:
    """Files with records, in parts, shards and waves of that size; cut off after so many commits, and begun again."""

    files: Files
    part_records: int
    shard_files: int
    waves: int
    commits: int
    in_transaction: bool


@dataclass(slots=True, frozen=True)
class Maintain:
    """Merges and rewrites files."""


@dataclass(slots=True, frozen=True)
class Reextract:
    """Runs the language stage again, which finds something else by now; in shards of so many characters."""

    shard_chars: int


@dataclass(slots=True, frozen=True)
class Undo:
    """Takes back the last run, where it has not been taken back yet."""


# Few identities and texts over few files, so that every kind of clash comes up.
records = st.lists(st.tuples(st.sampled_from("uvwxyz"), st.sampled_from(["p", "q", "r q", POISON])), max_size=3)
deliveries = st.dictionaries(st.sampled_from("abcd"), records, min_size=1, max_size=4)
ingests = st.builds(
    Ingest,
    deliveries,
    st.sampled_from([1, 2, 9]),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 4),
    st.booleans(),
)
reextracts = st.builds(Reextract, st.sampled_from([1, 4, 100]))
steps = st.lists(
    st.one_of(ingests, ingests, ingests, reextracts, st.builds(Maintain), st.builds(Undo)), min_size=2, max_size=5
)


EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
"""How many sequences the long form tries, other ones each time."""


@settings(
    max_examples=EXAMPLES or 4,
    deadline=None,
    derandomize=not EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.timeout(EXAMPLES * 60 or 300)
@given(steps=steps)
def test_the_tables_hold_what_a_plain_model_says_whatever_was_done_to_them(
    steps: list[Ingest | Reextract | Maintain | Undo], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("model")
    past, model, last_run, label = (Model(), "ORG"), Model(), None, "ORG"
    with open_for_writing(folder / "w", few_seeds(folder / "seeds")) as connection:
        for number, step in enumerate(steps):
            match step:
                case Ingest():
                    # Only what has changed is read again; a file that is deleted keeps its rows.
                    changed = {file: rows for file, rows in step.files.items() if model.files.get(file) != rows}
                    past, model = (model, label), model.load(changed, number)
                    last_run = ingest_with_crash(connection, folder / "s", step, changed, number, label)
                case Reextract():
                    past, label = (model, label), LABELS[number % len(LABELS)]
                    last_run = start_run(connection, run_info("reextract", step=str(number)))
                    staged.reextract(connection, folder / "s", last_run, label, step.shard_chars)
                    finish_run(connection, last_run, COMPLETED, {})
                case Maintain():
                    list(maintain(connection, folder / "w", Policy(keep_snapshots=timedelta(days=1))))
                case Undo() if last_run:
                    undo_run(connection, last_run)
                    (model, label), last_run = past, None
            assert staged.contents(connection) == model.contents(), step
            assert labels(connection) <= {label}, step
            assert staged.broken_promises(connection) == [], step
        assert [finding.name for finding in check_tables(connection) if finding.broken] == []


def labels(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """What the language stage has found."""
    return {label for (label,) in connection.execute("SELECT DISTINCT label FROM entities").fetchall()}


def ingest_with_crash(
    connection: duckdb.DuckDBPyConnection, staging: Path, step: Ingest, files: Files, number: int, label: str
) -> str:
    """Ingests the files; at first only so many shards of them, and then, as the next run does, all that are missing."""
    info = run_info(step=str(number))
    done: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        crash_after(patched, step, done)
        try:
            load(connection, staging, start_run(connection, info), files, step, label)
        except CrashError:
            shutil.rmtree(staging)
    run_id = start_run(connection, info)
    load(connection, staging, run_id, {file: rows for file, rows in files.items() if file not in done}, step, label)
    finish_run(connection, run_id, COMPLETED, {})
    return run_id


def load(
    connection: duckdb.DuckDBPyConnection, staging: Path, run_id: str, files: Files, step: Ingest, label: str
) -> None:
    staged.load(
        connection, staging, run_id, files, shard_files=step.shard_files, waves=step.waves, label=label,
        part_records=step.part_records,
    )  # fmt: skip


def crash_after(patched: pytest.MonkeyPatch, step: Ingest, done: list[str]) -> None:
    """Lets that many shards be committed, and crashes before the next or in its transaction."""
    publish, record = publish_shard, record_files

    def publish_some(connection: object, shard: StagedShard, *rest: object) -> ShardCounts:
        if len(commits) == step.commits and not step.in_transaction:
            raise CrashError
        counts = publish(connection, shard, *rest)  # type: ignore[arg-type]
        commits.append(shard.number)
        done.extend(shard.completes)
        return counts

    def record_some(*args: object) -> None:
        if len(commits) == step.commits:
            raise CrashError
        record(*args)  # type: ignore[arg-type]

    commits: list[int] = []
    patched.setattr("tests.warehouse.staged.publish_shard", publish_some)
    patched.setattr("warehouse.publish.record_files", record_some)
