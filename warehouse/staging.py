"""The files of a shard on its way into the warehouse.

Comes in: pyarrow tables. Goes out: Parquet files in one folder a shard, written whole or not at all.

    articles.parquet    read: every record of the shard that became an article
    rejected.parquet    read: every record that did not, with the reason
    superseded.parquet  mark: records that another of the same identity replaced
    accepted.parquet    mark: articles to load, duplicates marked
    removed.parquet     mark: stored articles that this shard replaces, deletes or makes originals
    unsettled.parquet   mark: texts whose duplicates may have to point to another original
    standing.parquet    mark: records that this run had stored before it was cut off, and that stay as they are
    enriched.parquet    enrich: the accepted articles, sentences counted
    failed.parquet      enrich: articles on which the language stage failed, with the reason
    entities.parquet, quotes.parquet, events.parquet   enrich
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(slots=True, frozen=True)
class StagedShard:
    """One shard's folder. `completes` are the files of which the shard holds the last (or only) records."""

    number: int
    folder: str
    completes: tuple[str, ...] = ()

    def path(self, name: str) -> str:
        """Where the shard's file of that name lies."""
        return f"{self.folder}/{name}.parquet"

    def has(self, name: str) -> bool:
        """Whether the shard's file of that name has been written."""
        return Path(self.path(name)).exists()

    def write(self, name: str, table: pa.Table) -> None:
        """Writes the shard's file of that name; a reader sees all of it or nothing."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        pq.write_table(table, unfinished, compression="zstd")
        unfinished.replace(path)

    def read(self, name: str, schema: pa.Schema) -> pa.Table:
        """The shard's file of that name."""
        return pq.read_table(self.path(name), schema=schema)
