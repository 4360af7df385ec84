"""How much a file may unpack to, and the meter that counts it.

Files that unpack to far more than they are, called bombs, would keep a run busy for days. One meter counts what a file
unpacks to at all depths.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from transforms.containers.errors import LimitError


@dataclass(slots=True, frozen=True)
class Limits:
    """The most that is unpacked. All sizes are in bytes.

    `ratio` is asked of all that unpacks to more than `ratio_from`: news compresses to a third or tenth, lists of one
    sentence to a hundredth, deflated zeros to a thousandth. An archive may unpack to twice as much as one member of its
    size. `members` counts all entries of all archives in a file. `nested_zip_bytes`: a zip that is compressed again
    cannot be read where it lies, and is held in memory.
    """

    member_bytes: int = 64 << 30
    archive_bytes: int = 4 << 40
    ratio: int = 250
    members: int | None = None
    ratio_from: int = 64 << 20
    nested_zip_bytes: int = 256 << 20


DEFAULT_LIMITS = Limits()

MOST_FORGIVEN = 16


@dataclass(slots=True)
class Meter:
    """What one file has unpacked to so far; `packed` answers the bytes of it that this came out of."""

    limits: Limits
    packed: Callable[[], int]
    unpacked: int = 0
    forgiven: int = 0
    members: int = 0

    def add_bytes(self, count: int) -> None:
        """Counts unpacked bytes. Raises LimitError at depth 0 where the file has unpacked to too much."""
        self.unpacked += count
        limits = self.limits
        if self.unpacked > limits.archive_bytes:
            raise LimitError(f"it unpacks to more than {in_bytes(limits.archive_bytes)}")
        unpacked = self.unpacked - self.forgiven
        if unpacked > 2 * limits.ratio_from and unpacked > 2 * limits.ratio * self.packed():
            raise LimitError(f"it unpacks to more than {limits.ratio:,} times its size")

    def forgive(self, count: int) -> None:
        """Leaves out a member that was too much, so that the others are still read; of many such only the first."""
        self.forgiven = min(self.forgiven + count, MOST_FORGIVEN * self.limits.ratio_from)

    def add_member(self) -> None:
        """Counts an entry of an archive. Raises LimitError at depth 0 where there are too many."""
        self.members += 1
        if self.limits.members is not None and self.members > self.limits.members:
            raise LimitError(f"it has more than {self.limits.members:,} members")


@dataclass(slots=True)
class Share:
    """What one member, or one layer of compression, unpacks to: its own limits, and those of the file.

    `depth`: what is lost where it is too much (see `ContainerError`).
    """

    meter: Meter
    depth: int
    most: int = field(init=False)
    unpacked: int = 0

    def __post_init__(self) -> None:
        limits = self.meter.limits
        self.most = limits.member_bytes if self.depth else limits.archive_bytes

    def add_bytes(self, count: int, packed: int) -> None:
        """Counts bytes that were unpacked; PACKED is what all of the share came out of. Raises LimitError."""
        self.unpacked += count
        limits = self.meter.limits
        if self.unpacked > self.most:
            raise self._too_much(in_bytes(self.most))
        if self.unpacked > limits.ratio_from and self.unpacked > limits.ratio * packed:
            raise self._too_much(f"{limits.ratio:,} times its size")
        self.meter.add_bytes(count)

    def _too_much(self, limit: str) -> LimitError:
        self.meter.forgive(self.unpacked)
        return LimitError(f"it unpacks to more than {limit}", self.depth)


def in_bytes(count: int) -> str:
    """A size for people: '64 GB'."""
    for shift, unit in ((40, "TB"), (30, "GB"), (20, "MB"), (10, "KB")):
        if count >= 1 << shift:
            return f"{count >> shift:,} {unit}"
    return f"{count:,} bytes"
