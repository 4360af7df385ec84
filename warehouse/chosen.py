"""Chooses stored articles for the language stage to run over again, and stages them.

Comes in: a condition over columns of `articles`, as a user writes it, and how far an earlier run came. Goes out: shards
with `accepted.parquet` (see `staging.py`), of similar size, in the order of day and article_id.

Chosen are originals in a language that the model serves, and others that have rows of an earlier model, which they are
to lose. The condition is asked once a run; what it chose lies in a Parquet file, so that memory does not grow with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from duckdb import StatementType

from warehouse.errors import ParameterError
from warehouse.queries import explain
from warehouse.staging import StagedShard

NO_CONDITION = "true"


class ConditionError(ParameterError):
    """The condition that is to choose articles cannot be used."""

    def __init__(self, condition: str, reason: str) -> None:
        super().__init__(
            f'--where "{" ".join(condition.split())}" cannot be used: {reason}; it is one condition over columns of'
            " articles, such as \"published_date >= '2026-01-01' AND section = 'Politics'\": 'newsmill schema articles'"
            " lists them"
        )


@dataclass(slots=True, frozen=True)
class Position:
    """An article's place in the order. Those without a day stand last."""

    published_date: date | None
    article_id: str

    def to_json(self) -> dict[str, str | None]:
        """As `runs.counts` keeps it."""
        return {"published_date": str(self.published_date or "") or None, "article_id": self.article_id}

    @classmethod
    def from_json(cls, value: dict[str, str | None]) -> "Position":
        """From what `to_json` answered."""
        day = value["published_date"]
        return cls(date.fromisoformat(day) if day else None, str(value["article_id"]))


@dataclass(slots=True, frozen=True)
class Choice:
    """Which articles: those behind a position for which the condition holds. `language` is that of the model."""

    condition: str
    language: str
    after: Position | None = None

    def where(self) -> str:
        """The same in SQL, but for the language. Takes `parameters`."""
        # A comment at the end of the condition ends with its line.
        return f"({self.condition}\n) AND {self._behind()}"

    def parameters(self) -> dict[str, Any]:
        """What `where` takes."""
        if self.after is None:
            return {}
        day = {"after_day": self.after.published_date} if self.after.published_date else {}
        return {"after_id": self.after.article_id, **day}

    def _behind(self) -> str:
        if self.after is None:
            return "true"
        if self.after.published_date is None:
            return "published_date IS NULL AND article_id > $after_id"
        return (
            "(published_date IS NULL OR published_date > $after_day"
            " OR (published_date = $after_day AND article_id > $after_id))"
        )


@dataclass(slots=True, frozen=True)
class ChoiceSize:
    """How much there is to do. `losing` articles have rows, and are in a language that the model does not serve.

    `duplicates` and `unserved` articles are passed over: they have no rows.
    """

    articles: int
    words: int
    chars: int
    losing: int
    duplicates: int
    unserved: int


@dataclass(slots=True, frozen=True)
class PlannedShard:
    """Articles that are done together: how many, of how many characters, and the last of them."""

    number: int
    articles: int
    chars: int
    first_day: date | None
    last: Position


_SERVED = "coalesce(language, $language) = $language"
_HAS_ROWS = "sentence_count IS NOT NULL"
_MEASURES = (
    "count(*) FILTER (is_original AND is_served)",
    "coalesce(sum(word_count) FILTER (is_original AND is_served), 0)",
    "coalesce(sum(char_count) FILTER (is_original AND is_served), 0)",
    "count(*) FILTER (is_original AND NOT is_served AND has_rows)",
    "count(*) FILTER (NOT is_original)",
    "count(*) FILTER (is_original AND NOT is_served AND NOT has_rows)",
)
"""What a `ChoiceSize` is made of."""
_CHOSEN = f"duplicate_of IS NULL AND ({_SERVED} OR {_HAS_ROWS})"


def check_condition(connection: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Raises ConditionError where it is no condition over columns of `articles`. The connection should be read-only."""
    # It must be right both by itself and in brackets: then none of its own close what stands around it.
    for query in (f"SELECT 1 FROM articles WHERE {condition}\n", f"SELECT 1 FROM articles WHERE ({condition}\n)"):
        try:
            statements = connection.extract_statements(query)
        except duckdb.Error as error:
            raise ConditionError(condition, explain(error)) from error
        if [statement.type for statement in statements] != [StatementType.SELECT]:
            raise ConditionError(condition, "it holds more than one statement")
    try:
        connection.execute(f"SELECT count(*) FROM articles WHERE ({condition}\n)")
    except duckdb.Error as error:
        raise ConditionError(condition, explain(error)) from error


def measure_choice(connection: duckdb.DuckDBPyConnection, choice: Choice) -> ChoiceSize:
    """Counts what was chosen, without reading a text."""
    row = connection.execute(
        f"SELECT {', '.join(_MEASURES)} FROM (SELECT word_count, char_count, duplicate_of IS NULL AS is_original,"
        f" {_SERVED} AS is_served, {_HAS_ROWS} AS has_rows FROM articles WHERE {choice.where()})",
        {"language": choice.language, **choice.parameters()},
    ).fetchone()
    assert row is not None
    return ChoiceSize(*map(int, row))


class ChosenArticles:
    """What was chosen, cut into shards. The list of it lies in `folder`, and so do the shards."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, choice: Choice, shard_chars: int) -> None:
        self._connection = connection
        self._folder = folder
        self._list = str(folder / "chosen.parquet")
        folder.mkdir(parents=True, exist_ok=True)
        connection.execute(
            f"COPY ({_LISTED.format(chosen=_CHOSEN, asked_for=choice.where())}) TO '{_escape(self._list)}'"
            " (FORMAT parquet, COMPRESSION zstd)",
            {"language": choice.language, "shard_chars": shard_chars, **choice.parameters()},
        )
        self.shards = self._plan()

    def stage(self, wave_shards: int) -> Iterator[tuple[PlannedShard, StagedShard]]:
        """Stages the shards in order, so many at a time with one look through the texts, each wave when it is asked
        for."""
        for first in range(0, len(self.shards), wave_shards):
            wave = self.shards[first : first + wave_shards]
            self._collect(wave)
            staged = [self._write(planned) for planned in wave]
            self._connection.execute("DROP TABLE temp.chosen_wave")
            yield from zip(wave, staged, strict=True)

    def _plan(self) -> list[PlannedShard]:
        rows = self._connection.execute(
            "SELECT number, count(*), sum(char_count)::BIGINT, min(published_date), max(published_date),"
            " last(article_id ORDER BY published_date, article_id)"
            " FROM read_parquet(?) GROUP BY number ORDER BY number",
            [self._list],
        ).fetchall()
        return [
            PlannedShard(number, articles, chars, first_day, Position(last_day, last_id))
            for number, articles, chars, first_day, last_day, last_id in rows
        ]

    def _collect(self, wave: Sequence[PlannedShard]) -> None:
        days = [day for shard in wave for day in (shard.first_day, shard.last.published_date) if day is not None]
        conditions = ["articles.published_date BETWEEN $first_day AND $last_day"] if days else []
        conditions += ["articles.published_date IS NULL"] if wave[-1].first_day is None else []
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE chosen_wave AS SELECT articles.*, number FROM articles"
            " JOIN (SELECT article_id, number FROM read_parquet($list) WHERE number BETWEEN $first AND $last)"
            # The range of days lets DuckLake pass over the files of other months.
            f" USING (article_id) WHERE {' OR '.join(conditions)}",
            {
                "list": self._list,
                "first": wave[0].number,
                "last": wave[-1].number,
                **({"first_day": min(days), "last_day": max(days)} if days else {}),
            },
        )

    def _write(self, planned: PlannedShard) -> StagedShard:
        shard = StagedShard(planned.number, str(self._folder / str(planned.number)))
        Path(shard.folder).mkdir()
        self._connection.execute(
            "COPY (SELECT * EXCLUDE (number) REPLACE (metadata::VARCHAR AS metadata) FROM temp.chosen_wave"
            f" WHERE number = $number ORDER BY published_date, article_id) TO '{_escape(shard.path('accepted'))}'"
            " (FORMAT parquet, COMPRESSION zstd)",
            {"number": planned.number},
        )
        return shard


# Every article with its day and the shard that it is in. Those without a day are in a partition of their own, and so in
# shards of their own.
_LISTED = """
SELECT * EXCLUDE (place),
    dense_rank() OVER (ORDER BY published_date IS NULL, place)::INTEGER AS number
FROM (
    SELECT article_id, published_date, char_count,
        (sum(char_count) OVER (
            PARTITION BY published_date IS NULL ORDER BY published_date, article_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) - char_count) // $shard_chars AS place
    FROM articles
    WHERE {chosen} AND {asked_for}
)
ORDER BY number, published_date, article_id
"""


def _escape(text: str) -> str:
    return text.replace("'", "''")
