"""A stream in blocks, as bytes or as text. What a stream delivers before it fails is never lost.

Comes in: an open binary stream, which may lack `seek` and `read1`. Goes out: blocks in order.
"""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from transforms.encoding import decode

BLOCK_BYTES = 1 << 18

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_SAMPLE = 256


def read_blocks(stream: BinaryIO, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Blocks of that size, but for the last. An error of the stream is raised behind the bytes that came before it."""
    read = getattr(stream, "read1", stream.read)
    while True:
        parts: list[bytes] = []
        missing = size
        failure: Exception | None = None
        try:
            while missing and (part := read(missing)):
                parts.append(part)
                missing -= len(part)
        except Exception as error:  # noqa: BLE001 - raised below, when what came before it has been taken
            failure = error
        if parts:
            yield b"".join(parts)
        if failure is not None:
            raise failure
        if missing:
            return


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by its byte order mark, or by the NULs that plain letters have in it; else None."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked if marked != "utf-8" else None
    sample = head[:_WIDE_SAMPLE]
    if len(sample) >= 4:
        half = len(sample) // 2
        if sample[1::2].count(0) > 0.8 * half and not sample[::2].count(0):
            return "utf-16-le"
        if sample[::2].count(0) > 0.8 * half and not sample[1::2].count(0):
            return "utf-16-be"
    return None


def text_of_head(head: bytes) -> str:
    """The beginning of a file as text, to look at: no byte order mark, U+FFFD for what does not fit."""
    return head.decode(wide_encoding(head) or "utf-8", "replace").removeprefix("\ufeff")


class TextBlocks:
    """Blocks of bytes as blocks of text. Iterating raises UndecodableError where it is text in no encoding.

    The encoding is told by the byte order mark, else at the first byte that is not ASCII: UTF-8 where it fits, else a
    guess from its block. Bytes that do not fit later become U+FFFD.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._decoder: codecs.IncrementalDecoder | None = None
        self._was_guessed = False
        self._was_replaced = False
        self._is_first = True

    def __iter__(self) -> "TextBlocks":
        return self

    def __next__(self) -> str:
        block = next(self._blocks, None)
        if block is None:
            rest = self._decoder.decode(b"", True) if self._decoder else ""
            self._decoder = None
            if not rest:
                raise StopIteration
            return rest
        if self._is_first:
            self._is_first = False
            block = self._begin(block)
        return self._decode(block)

    @property
    def has_repairs(self) -> bool:
        """Whether anything has been repaired so far."""
        return self._was_guessed or self._was_replaced

    def repairs_of(self, text: str) -> tuple[str, ...]:
        """What was repaired in this part of the stream, by the names of `transforms.repairs.REPAIRS`."""
        if not self.has_repairs or text.isascii():
            return ()
        guessed = ("encoding_guessed",) if self._was_guessed else ()
        return (*guessed, "bytes_replaced") if self._was_replaced and "\ufffd" in text else guessed

    def _begin(self, block: bytes) -> bytes:
        for mark, _ in _MARKS:
            if block.startswith(mark):
                self._decoder = codecs.getincrementaldecoder(wide_encoding(block) or "utf-8")("replace")
                return block[len(mark) :]
        if wide := wide_encoding(block):
            self._decoder = codecs.getincrementaldecoder(wide)("replace")
        return block

    def _decode(self, block: bytes) -> str:
        if self._decoder is None:
            if block.isascii():
                return block.decode("ascii")
            self._decoder = codecs.getincrementaldecoder(self._tell(block))("replace")
        text = self._decoder.decode(block)
        self._was_replaced = self._was_replaced or "\ufffd" in text
        return text

    def _tell(self, block: bytes) -> str:
        try:
            codecs.getincrementaldecoder("utf-8")("strict").decode(block)
        except UnicodeDecodeError:
            # A whole number of lines: letters of several bytes are not cut.
            decoded = decode(block[: block.rfind(b"\n") + 1] or block)
            self._was_guessed = decoded.encoding.replace("-", "").lower() not in {"utf8", "ascii"}
            return decoded.encoding
        return "utf-8"
