"""Compressed and archived bytes come out as they went in, or with a reason and all that came before."""

import bz2
import errno
import gzip
import io
import lzma
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.containers.compression import compression_of, decompress, plain_name
from transforms.containers.errors import ContainerError, DamagedError, LimitError
from transforms.containers.limits import DEFAULT_LIMITS, Limits, Meter, Share, in_bytes
from transforms.containers.members import Member, member_name
from transforms.containers.streams import BufferedStream, ForeignSource, Window
from transforms.containers.tars import looks_like_tar, walk_tar
from transforms.containers.zips import looks_like_zip, walk_zip
from transforms.readers.kinds import is_of_other_kind, kind_of_content

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

WORDS = ("the", "council", "of", "our", "harbour", "met", "on", "monday", "and", "voted", "for", "a", "bridge")
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda raw: gzip.compress(raw, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}


def prose(size: int, seed: int = 0) -> bytes:
    """Text that compresses as text does."""
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + str(rng.randrange(1000)) for _ in range(size // 7)).encode()[:size]


def unpack(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> BufferedStream:
    compression = compression_of(raw[:64])
    assert compression
    return decompress(io.BytesIO(raw), compression, Share(Meter(limits, lambda: len(raw)), 0))


def drain(stream: BinaryIO, size: int = 1000) -> tuple[bytes, ContainerError | None]:
    """All that can be read, and what stopped it."""
    found = bytearray()
    try:
        while block := stream.read(size):
            found += block
    except ContainerError as error:
        return bytes(found), error
    return bytes(found), None


class NoSeek(io.BytesIO):
    """A pipe."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation("seek")

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")


@pytest.mark.parametrize("kind", COMPRESS)
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4), step=st.integers(1, 5000))
def test_what_was_compressed_in_any_number_of_parts_comes_out(kind: str, parts: list[bytes], step: int) -> None:
    raw = b"".join(map(COMPRESS[kind], parts))
    assert drain(unpack(raw), step) == (b"".join(parts), None)


@pytest.mark.parametrize("kind", COMPRESS)
def test_text_larger_than_all_buffers_comes_out(kind: str) -> None:
    text = prose(700_000)
    raw = COMPRESS[kind](text[:300_001]) + COMPRESS[kind](text[300_001:])
    assert drain(unpack(raw), 1 << 20) == (text, None)
    assert list(unpack(raw)) == text.splitlines(keepends=True)


def test_lzma_files_of_the_old_kind_are_read() -> None:
    text = prose(100_000)
    assert drain(unpack(lzma.compress(text, lzma.FORMAT_ALONE))) == (text, None)


def test_zstd_frames_to_be_skipped_and_large_windows_are_read() -> None:
    text = prose(100_000)
    parameters = zstd.CompressionParameter
    options: Any = {parameters.window_log: 31, parameters.enable_long_distance_matching: 1}
    # With the size unknown, the frame asks for the whole window.
    compressor = zstd.ZstdCompressor(options=options)
    raw = compressor.compress(text[:50_000], zstd.ZstdCompressor.FLUSH_BLOCK) + compressor.flush()
    assert drain(unpack(b"\x50\x2a\x4d\x18\3\0\0\0abc" + raw + zstd.compress(text[50_000:]))) == (text, None)


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("rest", [b"\0", b"\0" * 70_000, b"garbage", b"\0\0garbage" * 9000])
def test_what_is_no_data_behind_the_last_part_is_passed_over(kind: str, rest: bytes) -> None:
    assert drain(unpack(COMPRESS[kind](b"The council met.") + rest)) == (b"The council met.", None)


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_part_behind_garbage_is_not_lost_without_a_word(kind: str) -> None:
    part = COMPRESS[kind](b"The council met.")
    content, error = drain(unpack(part + b"garbage" * 20_000 + part))
    assert content == b"The council met."
    assert isinstance(error, DamagedError)
    assert "a part has no header" in str(error)


@pytest.mark.parametrize("kind", COMPRESS)
def test_cut_off_data_is_handed_out_as_far_as_it_goes(kind: str) -> None:
    text = prose(400_000)
    raw = COMPRESS[kind](text)
    content, error = drain(unpack(raw[: len(raw) * 3 // 4]))
    assert text.startswith(content)
    assert isinstance(error, DamagedError)
    assert str(error) == f"its {kind} data is cut off"
    if kind in {"gzip", "zstd"}:
        assert len(content) > 100_000


def test_all_bytes_before_a_fault_of_gzip_are_handed_out() -> None:
    text = prose(300_000)
    raw = bytearray(gzip.compress(text, mtime=0))
    raw[-8] ^= 1
    content, error = drain(unpack(bytes(raw)), 100)
    assert content == text
    assert "incorrect data check" in str(error)


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("step", [1, 512, 1 << 20])
def test_damage_costs_the_same_however_one_reads(kind: str, step: int) -> None:
    raw = bytearray(COMPRESS[kind](prose(200_000)))
    raw[len(raw) // 2] ^= 0x55
    content, error = drain(unpack(bytes(raw)), step)
    expected, same_error = drain(unpack(bytes(raw)), 777)
    assert content == expected
    assert isinstance(error, DamagedError)
    assert str(error) == str(same_error)
    assert "\n" not in str(error)


def test_a_fault_is_raised_again_by_each_later_read() -> None:
    stream = unpack(gzip.compress(b"The council met.")[:-4])
    assert stream.read() == b"The council met."
    for _ in range(2):
        with pytest.raises(DamagedError):
            stream.read(1)


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_bomb_goes_off_neither_in_memory_nor_in_time(kind: str) -> None:
    raw = COMPRESS[kind](bytes(8 << 20))
    limits = Limits(ratio=250, ratio_from=1 << 20)
    content, error = drain(unpack(raw, limits), 1 << 16)
    assert len(content) <= max(1 << 20, 250 * len(raw))
    assert isinstance(error, LimitError)
    assert str(error) == "it unpacks to more than 250 times its size"
    assert drain(unpack(raw, Limits(archive_bytes=99, ratio=1 << 60)))[0] == b""


def test_text_that_compresses_well_is_no_bomb() -> None:
    raw = gzip.compress(b"".join(b'{"n": %d, "text": "The council met."}\n' % n for n in range(100_000)))
    assert drain(unpack(raw, Limits(ratio_from=1000)), 1 << 16)[1] is None


def test_sizes_are_named_for_people() -> None:
    assert [in_bytes(n) for n in (7, 2048, 5 << 20, 64 << 30, 4 << 40)] == ["7 bytes", "2 KB", "5 MB", "64 GB", "4 TB"]


def test_names_lose_the_suffix_of_their_compression() -> None:
    names = ["a.txt.gz", "a.JSONL.ZST", "a.tgz", "a.tar.xz", "a.tbz2", "a.txt", "gz", "a.tzst", "a.lzma"]
    plain = ["a.txt", "a.JSONL", "a.tar", "a.tar", "a.tar", "a.txt", "gz", "a.tar", "a"]
    assert [plain_name(name) for name in names] == plain


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b.txt", "a/b.txt"),
        ("./a/./b.txt", "a/b.txt"),
        ("/etc/passwd", "etc/passwd"),
        ("../../a.txt", "a.txt"),
        ("a/../b.txt", "b.txt"),
        ("a\\b\\c.txt", "a/b/c.txt"),
        ("..\\..\\a.txt", "a.txt"),
        ("a//b", "a/b"),
        ("a\nb\0c", "a\ufffdb\ufffdc"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("1..2.txt", "1..2.txt"),
        ("a/..b", "a/..b"),
    ],
)
def test_names_of_members_become_relative(name: str, expected: str) -> None:
    assert member_name(name) == expected
    assert member_name(expected) == expected


def walk(raw: bytes, limits: Limits = DEFAULT_LIMITS, start: int = 0, *, seeks: bool = True) -> Iterator[Member]:
    stream = io.BytesIO(raw) if seeks else NoSeek(raw)
    meter = Meter(limits, lambda: len(raw))
    return walk_zip(stream, meter, 0, start) if looks_like_zip(raw) else walk_tar(stream, meter, 0, start)


def contents(raw: bytes, limits: Limits = DEFAULT_LIMITS, *, seeks: bool = True) -> dict[str, bytes | str]:
    """Content by name; for a member that cannot be read, the kind of error."""
    found: dict[str, bytes | str] = {}
    for member in walk(raw, limits, seeks=seeks):
        if member.refusal:
            found[member.name] = member.refusal[0]
            continue
        try:
            stream = member.open()
            content, error = drain(stream)
        except ContainerError as raised:
            content, error = b"", raised
        if error and not error.depth:
            raise error
        found[member.name] = error.error_type if error else content
    return found


def read_to_fault(members: Iterator[Member]) -> tuple[dict[str, bytes], ContainerError | None]:
    """What can be read of the members, until the archive or a member cannot be read on."""
    found: dict[str, bytes] = {}
    try:
        for member in members:
            if member.refusal:
                return found, DamagedError(member.refusal[1])
            found[member.name], error = drain(member.open())
            if error:
                return found, error
    except ContainerError as error:
        return found, error
    return found, None


def make_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def make_tar(files: dict[str, bytes], kind: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


FILES = {"a.txt": b"The council met.", "empty.txt": b"", "deep/er/b.txt": prose(100_000), "c.txt": prose(70)}


@pytest.mark.parametrize("method", [0, 8, 12, 14])
def test_zips_of_each_method_are_read(method: int) -> None:
    assert contents(make_zip(FILES, method)) == FILES


def test_zips_with_zstd_are_read() -> None:
    # Written by hand, as the library of older Pythons cannot: a deflated zip whose method and data are replaced.
    text = prose(5000)
    packed = zstd.compress(text)
    crc = zlib.crc32(text)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 63, 0, 93, 0, 33, crc, len(packed), len(text), 5, 0) + b"a.txt"
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 63, 63, 0, 93, 0, 33, crc, len(packed), len(text), 5, 0, 0, 0, 0, 0, 0
    )
    end_at = len(local) + len(packed)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry) + 5, end_at, 0)
    assert contents(local + packed + entry + b"a.txt" + end) == {"a.txt": text}


def test_zips_of_the_zip64_kind_and_behind_programs_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as stream:
        stream.write(b"The council met.")
    assert contents(buffer.getvalue()) == {"a.txt": b"The council met."}
    raw = make_zip(FILES)
    stream = io.BytesIO(b"#!/bin/sh\nexit\n" + raw)
    names = [member.name for member in walk_zip(stream, Meter(DEFAULT_LIMITS, lambda: 0), 0)]
    assert names == list(FILES)


def test_a_zip64_directory_is_found() -> None:
    raw = make_zip({"a.txt": b"The council met."})
    end_at = raw.rindex(b"PK\5\6")
    _, _, _, _, count, size, offset, _ = struct.unpack("<4s4H2LH", raw[end_at:])
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    place = struct.pack("<4sLQL", b"PK\6\7", 0, end_at, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert contents(raw[:end_at] + end64 + place + end) == {"a.txt": b"The council met."}


def test_encrypted_linked_and_strangely_packed_members_of_a_zip_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "a.txt")
        archive.writestr("secret.txt", "x")
        archive.writestr("odd.txt", "y")
        archive.writestr("folder/", "")
        archive.writestr("last.txt", "z")
    raw = bytearray(buffer.getvalue())
    directory = raw.index(b"PK\1\2")
    raw[raw.index(b"secret.txt", directory) - 46 + 8] |= 1
    raw[raw.index(b"odd.txt", directory) - 46 + 10] = 9
    found = contents(bytes(raw))
    assert found == {"link": "not_a_file", "secret.txt": "encrypted", "odd.txt": "unknown_format", "last.txt": b"z"}


def test_names_in_a_zip_are_readable_in_each_encoding() -> None:
    raw = make_zip({"münchen.txt": b"1", "xxx.txt": b"2", "yyyy.txt": b"3"})
    raw = raw.replace(b"xxx.txt", "zür".encode("cp437") + b".txt").replace(b"yyyy.txt", "zü".encode() + b"x.txt")
    assert contents(raw) == {"münchen.txt": b"1", "zür.txt": b"2", "züx.txt": b"3"}


def test_a_damaged_member_of_a_zip_costs_no_other() -> None:
    raw = bytearray(make_zip(FILES))
    at = raw.index(b"deep/er/b.txt")
    raw[at + 5000 : at + 5100] = bytes(100)
    assert contents(bytes(raw)) == FILES | {"deep/er/b.txt": "damaged"}
    raw = bytearray(make_zip(FILES, 0))
    raw[raw.index(b"The council")] = 0x40
    raw[raw.index(b"deep/er/b.txt") - 30] = 0x40
    assert contents(bytes(raw)) == FILES | {"a.txt": "damaged", "deep/er/b.txt": "damaged"}


def test_places_outside_of_a_zip_are_damage() -> None:
    raw = make_zip(FILES)
    # Without its first bytes: the first member would begin before the file.
    assert contents(b"PK\3\4" + raw[31:]) == FILES | {"a.txt": "damaged"}
    entry_at = raw.index(b"PK\1\2")
    far = raw[: entry_at + 42] + b"\xf0\xff\xff\xff" + raw[entry_at + 46 :]
    assert contents(far) == FILES | {"a.txt": "damaged"}
    sizes = raw[:18] + b"\xff" * 7 + b"\x7f" + raw[26:entry_at]
    assert read_to_fault(walk(sizes))[1] is not None


@pytest.mark.parametrize("descriptors", [False, True])
def test_a_zip_that_is_cut_off_is_read_without_its_directory(descriptors: bool) -> None:
    buffer: Any = NoSeek() if descriptors else io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    raw = buffer.getvalue()
    cut = raw[: raw.index(b"PK\1\2") - 40]
    found, error = read_to_fault(walk(cut))
    assert list(found) == list(FILES)
    assert {name: found[name] for name in FILES if name != "c.txt"} == {
        name: content for name, content in FILES.items() if name != "c.txt"
    }
    assert FILES["c.txt"].startswith(found["c.txt"])
    assert isinstance(error, DamagedError)
    assert error.depth == 1
    with pytest.raises(DamagedError, match="no directory at its end"):
        list(walk(cut))


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    raw = make_zip({"a.txt": prose(100_000)}, 0)
    entry_at, end_at = raw.index(b"PK\1\2"), raw.index(b"PK\5\6")
    count = 1000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, (end_at - entry_at) * count, entry_at, 0)
    bomb = raw[:entry_at] + raw[entry_at:end_at] * count + end
    with pytest.raises(LimitError, match="times its size"):
        contents(bomb, Limits(ratio=10, ratio_from=100_000))


def test_one_bomb_in_a_zip_costs_no_other_member() -> None:
    raw = make_zip({"a.txt": b"1", "bomb.txt": bytes(4 << 20), "b.txt": prose(500_000)})
    limits = Limits(ratio=100, ratio_from=1 << 20)
    assert contents(raw, limits) == {"a.txt": b"1", "bomb.txt": "limit_exceeded", "b.txt": prose(500_000)}
    assert contents(raw, Limits(member_bytes=1 << 20))["bomb.txt"] == "limit_exceeded"
    with pytest.raises(LimitError, match="more than 2 members"):
        contents(raw, Limits(members=2))


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("seeks", [True, False])
def test_tars_of_each_kind_are_read(kind: int, seeks: bool) -> None:
    files = dict(FILES)
    if kind != tarfile.USTAR_FORMAT:
        files |= {f"{'long/' * 60}ñ.txt": b"1"}
    raw = make_tar(files, kind)
    assert looks_like_tar(raw[:512])
    assert contents(raw, seeks=seeks) == files


def test_tars_of_the_first_unix_kind_and_with_names_of_no_encoding_are_read() -> None:
    header = bytearray(make_tar({"caf\udce9.txt": b"1"}, tarfile.USTAR_FORMAT))
    header[257:512] = bytes(255)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    assert looks_like_tar(bytes(header[:512]))
    assert contents(bytes(header)) == {"café.txt": b"1"}


def test_links_devices_and_folders_of_a_tar_are_no_files() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in {"d": "5", "s": "2", "h": "1", "c": "3", "b": "4", "p": "6"}.items():
            info = tarfile.TarInfo(name)
            info.type = kind.encode()
            info.linkname = "/etc/passwd" if kind in "12" else ""
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("last.txt"))
    expected = dict.fromkeys("shcbp", "not_a_file") | {"last.txt": b""}
    assert contents(buffer.getvalue()) == expected


@pytest.mark.parametrize("seeks", [True, False])
@pytest.mark.parametrize("version", ["oldgnu", "0.0", "0.1", "1.0"])
def test_files_with_holes_are_read(tmp_path: Path, version: str, seeks: bool) -> None:
    expected = bytearray(300_000)
    with (tmp_path / "holes.txt").open("wb") as stream:
        for at in (0, 100_000, 290_000):
            stream.seek(at)
            stream.write(b"The council met.")
            expected[at : at + 16] = b"The council met."
        stream.truncate(300_000)
    kind = ["--format=gnu"] if version == "oldgnu" else ["--format=pax", f"--sparse-version={version}"]
    command = ["tar", "-S", *kind, "-cf", "out.tar", "holes.txt"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    if made.returncode:
        pytest.skip("this machine's tar knows no sparse files")
    raw = (tmp_path / "out.tar").read_bytes()
    assert contents(raw + make_tar({"b.txt": b"1"}), seeks=seeks) == {"holes.txt": bytes(expected), "b.txt": b"1"}


@pytest.mark.parametrize("seeks", [True, False])
def test_a_damaged_header_in_a_tar_costs_one_member(seeks: bool) -> None:
    raw = bytearray(make_tar(FILES, tarfile.USTAR_FORMAT))
    at = raw.index(b"deep/er/b.txt")
    raw[at] ^= 1
    found = contents(bytes(raw), seeks=seeks)
    assert found == {"a.txt": FILES["a.txt"], "empty.txt": b"", f"byte {at}": "damaged", "c.txt": FILES["c.txt"]}


def test_archives_behind_each_other_are_one() -> None:
    raw = make_tar({"a.txt": b"1"}) + make_tar({"b.txt": b"2"}) + b"garbage" * 200
    assert contents(raw) == {"a.txt": b"1", "b.txt": b"2"}


@pytest.mark.parametrize("seeks", [True, False])
@pytest.mark.parametrize("cut", [600, 1024, 1500, 2300, 50_000])
def test_a_tar_that_is_cut_off_says_so(seeks: bool, cut: int) -> None:
    raw = make_tar(FILES, tarfile.USTAR_FORMAT)[:cut]
    found, error = read_to_fault(walk(raw, seeks=seeks))
    assert all(FILES[name].startswith(content) for name, content in found.items())
    assert isinstance(error, DamagedError)
    assert "cut off" in str(error)


@pytest.mark.parametrize("size", [b"77777777777", b"\xff" * 12, b"\x80" + b"\xff" * 11, b"-0000000001"])
def test_impossible_sizes_in_a_tar_end_it(size: bytes) -> None:
    raw = bytearray(make_tar({"a.txt": b"1"}, tarfile.USTAR_FORMAT))
    raw[124 : 124 + len(size)] = size
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])
    assert isinstance(read_to_fault(walk(bytes(raw)))[1], DamagedError)


def test_headers_without_end_in_a_tar_end_it() -> None:
    info = tarfile.TarInfo("a.txt")
    info.pax_headers = {"comment": "x" * (2 << 20)}
    long_header = info.tobuf(tarfile.PAX_FORMAT)
    assert {m.name: m.refusal and m.refusal[0] for m in walk(long_header + make_tar({"b.txt": b"1"}))} == {
        "byte 0": "damaged",
        "a.txt": None,
        "b.txt": None,
    }
    chain = tarfile.TarInfo._create_pax_generic_header({"a": "b"}, b"x", "utf-8") * 3000  # type: ignore[attr-defined]
    with pytest.raises(DamagedError):
        list(walk(chain[:-1024]))


@given(data=st.data())
def test_walking_can_start_at_each_member(data: st.DataObject) -> None:
    files = {f"{n}.txt": prose(n * 300) for n in range(6)}
    raw = data.draw(st.sampled_from([make_zip(files), make_tar(files)]))
    positions = [member.position for member in walk(raw)]
    at = data.draw(st.integers(0, len(positions) - 1))
    assert [member.position for member in walk(raw, start=positions[at])] == positions[at:]


class Failing(io.RawIOBase):
    """A remote file whose connection breaks."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise self._error


def test_errors_of_remote_files_are_errors_of_the_machine() -> None:
    for error in (RuntimeError("connection lost"), OSError("connection lost"), TimeoutError()):
        with pytest.raises(OSError, match=r".") as raised:
            BufferedStream(ForeignSource(Failing(error))).read(10)  # type: ignore[arg-type]
        assert raised.value.errno == errno.EIO
    with pytest.raises(OSError, match="No space") as raised:
        BufferedStream(ForeignSource(Failing(OSError(errno.ENOSPC, "No space")))).read(10)  # type: ignore[arg-type]
    assert raised.value.errno == errno.ENOSPC


def test_a_window_is_a_file_of_its_own() -> None:
    source = io.BytesIO(b"0123456789")
    window = BufferedStream(Window(source, 2, 5))
    assert window.read() == b"23456"
    assert window.seek(-2, 2) == 3
    assert window.read(1) == b"5"
    source.seek(0)
    window.seek(1)
    assert (window.tell(), window.read()) == (1, b"3456")
    cut = BufferedStream(Window(source, 8, 5))
    assert cut.read() == b"89"
    with pytest.raises(DamagedError, match="3 bytes of it are missing"):
        cut.read()


@pytest.mark.parametrize(
    ("name", "is_other"),
    [
        ("a.txt", False),
        ("photo.JPG", True),
        ("photo.jpg.gz", True),
        ("a/.hidden/b.txt", True),
        ("__MACOSX/a.txt", True),
        ("._a.txt", True),
        (".a", True),
        ("a.txt.gz", False),
        ("Thumbs.db", True),
        ("robots.txt", True),
        ("a.b/c", False),
        ("jpg", False),
        ("a/jpg", False),
        ("a..b.txt", False),
        ("1.2.3", False),
    ],
)
def test_files_of_other_kinds_are_known_by_name(name: str, is_other: bool) -> None:
    assert is_of_other_kind(name) is is_other


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"RIFF\0\0\0\0WAVE", "a sound, film or image"),
        (b"RIFF raff, said the officer", None),
        (b"The council met.", None),
        (b"", None),
        (b"PK\3\4" + b"\0" * 26 + b"[Content_Types].xml", "an office document or e-book"),
        (b"PK\3\4" + b"\0" * 26 + b"a.txt", None),
    ],
)
def test_content_of_other_kinds_has_a_name(head: bytes, kind: str | None) -> None:
    assert kind_of_content(head) == kind
