"""Notes at which record a reader is, so that one that ends the process is known afterwards, and is passed by then.

Comes in: numbers of records. Goes out: a file of eight bytes, and what a reader is to leave out.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from transforms.readers.record import READ, BadRecord
from transforms.records import Found, PassedOver

READ_CRASH = "read_crash"

_POSITION = struct.Struct("<q")

Place = tuple[int, bool]
"""Number of a record, and whether it is the one being read; else what is behind it."""


class LethalError(Exception):
    """What is behind the last record that was read ends the process."""


@dataclass(slots=True, frozen=True)
class Watching:
    """Where a reader notes its place. `lethal`: why, by the number of a record that is not to be read.

    `stops_behind`: the record behind which nothing is to be read, and why.
    """

    path: str
    lethal: Mapping[int, str] = field(default_factory=dict)
    stops_behind: tuple[int, str] | None = None

    def past(self, place: Place, why: str) -> "Watching":
        """The same, but for what ends the process at that place."""
        number, is_record = place
        if is_record:
            return replace(self, lethal={**self.lethal, number: why})
        return replace(self, stops_behind=(number, why))

    def check(self, last: int) -> None:
        """Raises LethalError where nothing may be read behind record LAST."""
        if self.stops_behind and last >= self.stops_behind[0]:
            raise LethalError(self.stops_behind[1])

    def follow(self, records: Iterator[Found | PassedOver], last: int) -> Iterator[Found | PassedOver]:
        """The records behind record LAST, each noted before it is given out.

        Raises LethalError behind the last that may be read.
        """
        with Path(self.path).open("wb", buffering=0) as file:

            def note(number: int, *, is_record: bool) -> None:
                file.seek(0)
                file.write(_POSITION.pack(2 * number + is_record))

            while True:
                self.check(last)
                note(last, is_record=False)
                found = next(records, None)
                if found is None:
                    return
                if isinstance(found, Found):
                    last = found.record_no
                    note(last, is_record=True)
                    if last in self.lethal:
                        found = replace(found, record=BadRecord(last, READ, READ_CRASH, self.lethal[last]))
                yield found


def place_in(path: Path) -> Place:
    """Where the reader was when its process ended."""
    noted = path.read_bytes()
    number = _POSITION.unpack(noted)[0] if len(noted) == _POSITION.size else 0
    return number // 2, bool(number % 2)
