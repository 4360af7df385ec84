"""The retry flow: records that stand in quarantine are read again, and nothing else.

Comes in: which rejects, and what is to be done otherwise than before. Goes out: the rows of those that can be loaded
now; the others stay in quarantine, with their newest reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from prefect import flow

from flows.date_orders import find_date_orders
from flows.discover import describe_input, is_unchanged
from flows.errors import InputError
from flows.ingest import IngestSummary, make_settings, opened_run
from flows.plan import FileSlice, group_slices
from flows.progress import reporter
from transforms.articles import RecordOptions
from transforms.dates import DateOrder
from transforms.fields import parse_field_map
from warehouse.ledger import KnownFile
from warehouse.quarantine import RejectedFile, Selection, rejected_files

FLOW_NAME = "retry"


@flow(name=FLOW_NAME)
def retry(
    warehouse: str | None = None,
    error_type: str | None = None,
    files: str | None = None,
    published: date | None = None,
    publisher: str | None = None,
    field_map: list[str] | None = None,
    date_order: DateOrder | None = None,
    workers: int | None = None,
    model: str | None = None,
) -> IngestSummary:
    """Reads quarantined records again, as the run that rejected them did but for what is given here.

    Args:
        warehouse: folder of the warehouse
        error_type: only rejects of that kind
        files: only rejects of files whose identity matches the pattern
        published: day of publication of records that state none
        publisher: outlet of records that state none
        field_map: fields of records by column, as 'title=headline'
        date_order: dmy, mdy or ymd, for numeric dates that could be read in several ways
        workers: worker processes
        model: spaCy pipeline, by name or path

    Raises InputError, FieldMapError, WarehouseError, ModelNotFoundError.
    """
    settings = make_settings(warehouse, workers, model)
    parse_field_map(field_map or [])
    given = {"published": published, "publisher": publisher, "field_map": field_map, "date_order": date_order}
    given = {name: value for name, value in given.items() if value is not None}
    selection = Selection(error_type, files)
    parameters = {"error_type": error_type, "files": files, "model": settings.model, **given}
    with opened_run(FLOW_NAME, parameters, settings) as run:
        rejected = list(rejected_files(run.connection, selection))
        run.summary.files = len(rejected)
        if not rejected:
            reporter().note("nothing to try again")
        for options, group in _by_options(rejected, given):
            slices = list(_slices(group))
            run.load(
                group_slices(slices, settings.shard_bytes),
                sum(part.size for part in slices),
                options,
                partial(find_date_orders, [part.file for part in slices]),
            )
    return run.summary


def _by_options(
    rejected: Sequence[RejectedFile], given: dict[str, Any]
) -> Iterator[tuple[RecordOptions, list[RejectedFile]]]:
    """The files in groups of those that are to be read alike."""

    def key(file: RejectedFile) -> str:
        return repr(_options_of(file, given))

    for _, group in groupby(sorted(rejected, key=key), key=key):
        files = list(group)
        yield _options_of(files[0], given), sorted(files, key=lambda file: file.file_uri)


def _options_of(file: RejectedFile, given: dict[str, Any]) -> RecordOptions:
    asked = file.parameters | given
    published, order = asked.get("published"), asked.get("date_order")
    return RecordOptions(
        publisher=asked.get("publisher"),
        published=date.fromisoformat(str(published)) if published else None,
        field_map=parse_field_map(asked.get("field_map") or []) or None,
        date_order=DateOrder(order) if order else None,
    )


def _slices(rejected: Sequence[RejectedFile]) -> Iterator[FileSlice]:
    """What is to be read of each file: the rejected records, or all of a file that has changed or could not be read."""
    for known in rejected:
        try:
            file = describe_input(known.location, known.file_uri, known.file_uri.split("/", 1)[0])
        except (InputError, OSError) as error:
            reporter().note(f"{known.file_uri} stays in quarantine: {getattr(error, 'strerror', None) or error}")
            continue
        ledger = KnownFile(known.size, known.mtime, known.sha256, "", known.etag)
        if known.is_whole or not is_unchanged(file, ledger):
            yield FileSlice(file)
        else:
            yield replace(FileSlice(file), only=frozenset(known.records))
