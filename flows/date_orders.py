"""Whether day or month stands first in numeric dates such as 03/04/2021, as the other dates of a corpus prove.

Comes in: files. Goes out: an order for every file and corpus whose dates agree on one. A date proves an order where one
of its numbers is above 12.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from flows.discover import InputFile
from flows.locations import open_location
from transforms.articles import RecordOptions
from transforms.containers.errors import ContainerError
from transforms.dates import DateOrder, order_shown
from transforms.fields import take_field
from transforms.readers.record import Record
from transforms.records import Found, read_records


def find_date_orders(files: Iterable[InputFile], options: RecordOptions) -> dict[str, DateOrder]:
    """Order of day and month by file_uri (of files of many records) and by corpus. Those that disagree have none.

    Files that cannot be read prove nothing. Web pages are passed over, whose dates are not numeric.
    """
    by_corpus: dict[str, Counter[DateOrder]] = defaultdict(Counter)
    by_file: dict[str, DateOrder] = {}
    for file in files:
        shown, is_of_many = _orders_in(file, options)
        by_corpus[file.corpus] += shown
        if is_of_many and (order := _agreed(shown)):
            by_file[file.file_uri] = order
    return by_file | {corpus: order for corpus, shown in by_corpus.items() if (order := _agreed(shown))}


def _orders_in(file: InputFile, options: RecordOptions) -> tuple[Counter[DateOrder], bool]:
    """How often the file's dates show which order, and whether it holds many records."""
    shown = Counter[DateOrder]()
    is_of_many = False
    try:
        with open_location(file.location) as stream:
            for found in read_records(stream, file.file_uri):
                if isinstance(found, Found) and isinstance(found.record, Record):
                    is_of_many = is_of_many or found.holds_many
                    order = order_shown(take_field(found.record.fields, "published_at", options.field_map))
                    if order in (DateOrder.DMY, DateOrder.MDY):
                        shown[order] += 1
    except (ContainerError, OSError):
        # The read stage says what is wrong with the file.
        pass
    return shown, is_of_many


def _agreed(shown: Counter[DateOrder]) -> DateOrder | None:
    return next(iter(shown)) if len(shown) == 1 else None
