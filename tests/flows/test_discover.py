"""Inputs are listed once, in order, by an identity that does not depend on the machine; unchanged ones are dropped."""

import os
import random
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import listing, sorting
from flows.discover import (
    Discovery,
    InputFile,
    check_paths,
    describe_input,
    describe_nothing,
    describe_passed_over,
    discover_files,
    sha256_of_file,
)
from flows.errors import InputError
from flows.listing import Pattern, spell_name, spell_path
from flows.locations import open_location
from flows.sorting import sort_in_runs
from warehouse.catalog import open_for_writing
from warehouse.ledger import KnownFile, known_files


@dataclass
class Found:
    """All of what discovery answers."""

    files: list[InputFile]
    counts: Discovery


def discover(
    *paths: Path | str, corpus: str | None = None, known: Mapping[str, KnownFile] | None = None, again: bool = False
) -> Found:
    def look_up(file_uris: Sequence[str]) -> Mapping[str, KnownFile]:
        return {uri: entry for uri, entry in (known or {}).items() if uri in file_uris}

    counts = Discovery()
    files = list(discover_files([str(path) for path in paths], corpus, look_up, again=again, counts=counts))
    assert counts.files == len(files)
    assert counts.total_bytes == sum(file.size or 0 for file in files)
    assert [file.file_uri for file in files] == sorted({file.file_uri for file in files})
    return Found(files, counts)


def uris(found: Found) -> list[str]:
    return [file.file_uri for file in found.files]


def ledger_of(found: Found) -> dict[str, KnownFile]:
    return {
        file.file_uri: KnownFile(file.size, file.mtime, sha256_of_file(file.location), "loaded") for file in found.files
    }


def write(path: Path, text: str = "The mill turns.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    for name in ("b.txt", "a/2.jsonl", "a/10.TXT", "a.txt", "c/d/e.ndjson.gz", "Ä.txt"):
        write(folder / name)
    return folder


# --- order and identity -----------------------------------------------------------------------------------------------


def test_files_come_in_the_order_of_their_identity_which_is_corpus_and_path(archive: Path) -> None:
    expected = ["a.txt", "a/10.TXT", "a/2.jsonl", "b.txt", "c/d/e.ndjson.gz", "Ä.txt"]
    assert uris(discover(archive)) == [f"archive/{name}" for name in expected]
    assert uris(discover(archive, corpus="gazette")) == [f"gazette/{name}" for name in expected]


def test_the_order_is_that_of_whole_paths_whatever_stands_beside_a_folder(tmp_path: Path) -> None:
    names = ["a/x", "a-b/x", "a.b", "a!/x", "a!b", "a#/x", "a0/x", "aä/x", "a b", "a/b/c", "a\nb", "%/x", "~"]
    for name in names:
        write(tmp_path / "c" / name)
    assert len(uris(discover(tmp_path / "c"))) == len(names)


def test_the_order_of_the_inputs_makes_no_difference(archive: Path, tmp_path: Path) -> None:
    inputs = [archive, write(tmp_path / "b" / "x.txt").parent, write(tmp_path / "archive.d" / "y.txt"), archive / "a"]
    expected = uris(discover(*inputs))
    for seed in range(6):
        random.Random(seed).shuffle(inputs)
        assert uris(discover(*inputs)) == expected


def test_identity_is_the_same_wherever_the_folder_lies_and_however_it_is_named(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = uris(discover(archive))
    moved = tmp_path / "far" / "away" / "archive"
    shutil.copytree(archive, moved)
    assert uris(discover(moved)) == expected
    assert uris(discover(moved.as_uri())) == expected
    monkeypatch.chdir(archive)
    assert uris(discover(".")) == expected
    assert uris(discover(archive / "a" / "..")) == expected


def test_a_single_file_has_the_identity_that_it_has_within_its_folder(archive: Path) -> None:
    assert uris(discover(archive / "b.txt")) == ["archive/b.txt"]


def test_names_that_look_like_records_or_members_are_spelled_apart(tmp_path: Path) -> None:
    for name in ("n.jsonl#1", "bundle.zip!/a.txt", "50%23.txt", "50%.txt", "Wow!", "loud!", r"caf\xe9.txt"):
        write(tmp_path / "c" / name)
    assert uris(discover(tmp_path / "c")) == [
        "c/50%.txt", "c/50%2523.txt", "c/Wow!", "c/bundle.zip%21/a.txt", "c/caf%5Cxe9.txt", "c/loud!", "c/n.jsonl%231"
    ]  # fmt: skip


@given(st.lists(st.text("#!%/\\x125Ce3\udce9a", min_size=1), min_size=2, max_size=2, unique=True))
def test_two_paths_are_never_spelled_alike(paths: list[str]) -> None:
    paths = [path for path in paths if all(path.split("/"))]
    assert len({spell_path(path) for path in paths}) == len(set(paths))
    for path in paths:
        spelled = spell_path(path)
        assert "#" not in spelled
        assert "!/" not in spelled
        *folders, name = path.split("/")
        assert spelled == "/".join([*(spell_name(part, is_folder=True) for part in folders), spell_name(name)])


def test_file_names_that_are_not_utf8_get_an_identity_that_can_be_stored(tmp_path: Path) -> None:
    folder = tmp_path / "press"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("Coffee is dearer.")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.doc")).write_text("no kind of ours")
    found = discover(folder)
    assert uris(found) == ["press/caf\\xe9.txt"]
    assert found.counts.other_kinds == 1
    [file] = found.files
    assert file.location.encode().endswith(b"/press/caf%E9.txt")
    with open_location(file.location) as stream:
        assert stream.read() == b"Coffee is dearer."
    assert sha256_of_file(file.location)
    assert describe_input(file.location, file.file_uri, "press") == file


def test_a_folder_whose_name_is_not_utf8_gives_a_corpus_that_can_be_stored(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/pr\xe9cis"))
    folder.mkdir()
    write(folder / "a.txt")
    [file] = discover(folder).files
    assert (file.corpus, file.file_uri) == ("pr\\xe9cis", "pr\\xe9cis/a.txt")
    assert file.location.encode()


# --- what is taken ----------------------------------------------------------------------------------------------------


def test_files_of_any_name_are_taken_but_for_hidden_ones(archive: Path) -> None:
    for name in ("README", "table.csv", "page.html", "no suffix", "x.unheard-of"):
        write(archive / name)
    expected = uris(discover(archive))
    assert len(expected) == 11
    for name in (".hidden.txt", ".git/config.txt", "__MACOSX/a.txt"):
        write(archive / name)
    found = discover(archive)
    assert uris(found) == expected
    assert found.counts.other_kinds == 0


def test_files_of_other_kinds_are_passed_over_and_counted_by_suffix(archive: Path) -> None:
    for name in ("photo.jpg", "a/photo.JPG", "a/paper.pdf"):
        write(archive / name)
    found = discover(archive)
    assert (found.counts.other_kinds, len(found.files)) == (3, 6)
    assert found.counts.passed_over.other_kinds == {".jpg": 2, ".pdf": 1}


def test_a_file_that_is_named_outright_is_taken_whatever_its_suffix(archive: Path) -> None:
    paper, hidden = write(archive / "a" / "paper.pdf"), write(archive / ".drafts" / "x.txt")
    assert uris(discover(paper)) == ["a/paper.pdf"]
    assert uris(discover(archive, paper, hidden)) == sorted(
        [*uris(discover(archive)), "archive/a/paper.pdf", "archive/.drafts/x.txt"]
    )


def test_a_hidden_folder_that_is_named_is_taken_and_named_by_the_folder_around_it(archive: Path) -> None:
    drafts = write(archive / ".drafts" / "x.txt").parent
    assert uris(discover(drafts)) == [".drafts/x.txt"]
    assert uris(discover(archive, drafts)) == sorted([*uris(discover(archive)), "archive/.drafts/x.txt"])


def test_a_link_to_a_folder_is_not_followed_and_said(archive: Path) -> None:
    expected = uris(discover(archive))
    (archive / "loop").symlink_to(archive)
    found = discover(archive)
    assert uris(found) == expected
    assert describe_passed_over(found.counts) == ["1 links to folders are not followed: name the folders they lead to"]


def test_a_link_to_a_file_is_taken_by_its_own_name(archive: Path, tmp_path: Path) -> None:
    (archive / "linked.txt").symlink_to(write(tmp_path / "elsewhere" / "x.txt"))
    assert "archive/linked.txt" in uris(discover(archive))


def test_a_link_to_nothing_and_one_to_itself_are_left_to_the_reader_who_says_why(archive: Path) -> None:
    (archive / "broken.txt").symlink_to(archive / "none.txt")
    (archive / "loop.txt").symlink_to(archive / "loop.txt")
    found = {file.file_uri: file for file in discover(archive).files}
    for name in ("broken", "loop"):
        file = found[f"archive/{name}.txt"]
        assert (file.size, file.mtime) == (None, None)
        with pytest.raises(OSError, match=r"No such file|Too many levels"):
            open_location(file.location)


def test_a_file_that_vanishes_while_it_is_listed_is_left_to_the_reader(archive: Path) -> None:
    listed = listing.list_local(str(archive), "", None, listing.PassedOver())
    assert next(listed).path == "a.txt"
    shutil.rmtree(archive / "a")
    (archive / "b.txt").unlink()
    rest = {file.path: file.size for file in listed}
    assert rest["b.txt"] is None
    assert "c/d/e.ndjson.gz" in rest


def test_pipes_and_sockets_are_passed_over_and_counted(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = uris(discover(archive))
    os.mkfifo(archive / "pipe.txt")
    monkeypatch.chdir(archive)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        found = discover(archive)
    assert uris(found) == expected
    assert describe_passed_over(found.counts) == ["2 pipes, sockets or devices are passed over"]
    with pytest.raises(InputError, match=r"pipe\.txt' is neither a file nor a folder: save its content"):
        discover(archive / "pipe.txt")


def test_a_folder_that_cannot_be_listed_is_said_and_the_rest_is_read(archive: Path) -> None:
    expected = uris(discover(archive))
    here = os.open(archive, os.O_RDONLY)
    for _ in range(20):  # deeper than a path may be long
        name = "deep" + "p" * 240
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    found = discover(archive)
    assert uris(found) == expected
    [line] = describe_passed_over(found.counts)
    assert line.startswith("1 folders cannot be listed, such as /")
    assert line.endswith("(File name too long): check that you may read them")


def test_folders_may_be_nested_deeper_than_python_calls_are(tmp_path: Path) -> None:
    folders = [str(tmp_path / "d") + "/n" * depth for depth in range(1_010)]
    for folder in folders:
        os.mkdir(folder)  # noqa: PTH102
    write(Path(folders[-1]) / "x.txt")
    found = discover(tmp_path / "d")
    # What clears up behind tests cannot go that deep.
    (Path(folders[-1]) / "x.txt").unlink()
    for folder in reversed(folders):
        os.rmdir(folder)  # noqa: PTH106
    assert uris(found) == ["d" + "/n" * 1_009 + "/x.txt"]


# --- several inputs ---------------------------------------------------------------------------------------------------


def test_a_file_is_read_once_where_the_paths_overlap(archive: Path) -> None:
    found = discover(archive, archive, archive / "b.txt", archive / "b.txt", f"{archive}/*.txt", corpus=None)
    assert uris(found) == uris(discover(archive))


def test_where_one_folder_lies_in_another_the_outermost_names_the_files(archive: Path) -> None:
    expected = uris(discover(archive))
    assert uris(discover(archive / "c" / "d", archive, archive / "a")) == expected
    assert uris(discover(f"{archive}/**/*.txt", archive / "a")) == [
        "archive/a.txt", "archive/a/10.TXT", "archive/a/2.jsonl", "archive/b.txt", "archive/Ä.txt"
    ]  # fmt: skip


def test_a_folder_whose_name_begins_like_another_does_not_lie_in_it(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.txt"), write(tmp_path / "ab" / "x.txt")
    assert uris(discover(tmp_path / "a", tmp_path / "ab")) == ["a/x.txt", "ab/x.txt"]


def test_single_files_do_not_name_each_other(tmp_path: Path) -> None:
    outer, inner = write(tmp_path / "a" / "x.txt"), write(tmp_path / "a" / "b" / "y.txt")
    assert uris(discover(outer, inner)) == ["a/x.txt", "b/y.txt"]


def test_two_files_of_one_identity_are_refused(tmp_path: Path) -> None:
    first, second = write(tmp_path / "1" / "news" / "x.txt"), write(tmp_path / "2" / "news" / "x.txt")
    for inputs in ((second.parent, first.parent), (first, second), (first.parent, second)):
        with pytest.raises(InputError) as caught:
            discover(*inputs)
        assert {str(first), str(second)} <= set(str(caught.value).split())
        assert str(caught.value).endswith(
            " would both be news/x.txt: ingest them one after the other, each with a --corpus of its own"
        )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none", "'none' does not exist: name a folder, a file or a pattern with '*'"),
        ("", "a path is empty: name a folder, a file or a pattern with '*'"),
        ("*.jsonl", "nothing matches '*.jsonl': check the pattern, or name a folder or file"),
        ("none/*", "nothing matches 'none/*': check the pattern, or name a folder or file"),
        ("x" * 300, f"'{'x' * 300}' cannot be read (File name too long): check that you may read it"),
    ],
)
def test_an_input_that_does_not_exist_is_named_before_anything_is_read(
    path: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        discover_files([path], None, lambda _: {})
    assert str(caught.value) == message
    with pytest.raises(InputError):
        check_paths([path])


# --- patterns ---------------------------------------------------------------------------------------------------------


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    path = write(tmp_path / "notes[1].txt")
    assert uris(discover(path)) == [f"{tmp_path.name}/notes[1].txt"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt", "b.txt", "Ä.txt"]),
        ("*", ["a.txt", "a/10.TXT", "a/2.jsonl", "b.txt", "c/d/e.ndjson.gz", "Ä.txt"]),
        ("**", ["a.txt", "a/10.TXT", "a/2.jsonl", "b.txt", "c/d/e.ndjson.gz", "Ä.txt"]),
        ("**/*.jsonl", ["a/2.jsonl"]),
        ("**/d/*.gz", ["c/d/e.ndjson.gz"]),
        ("**/*.txt", ["a.txt", "b.txt", "Ä.txt"]),
        ("?/[0-9].*", ["a/2.jsonl"]),
        ("[ac]", ["a/10.TXT", "a/2.jsonl", "c/d/e.ndjson.gz"]),
        ("*/d", ["c/d/e.ndjson.gz"]),
        ("c/**", ["d/e.ndjson.gz"]),
    ],
)
def test_a_pattern_names_files_from_the_folder_before_its_first_star(
    archive: Path, pattern: str, expected: list[str]
) -> None:
    corpus = "c" if pattern.startswith("c/") else "archive"
    assert uris(discover(f"{archive}/{pattern}")) == [f"{corpus}/{name}" for name in expected]


def test_a_pattern_passes_over_other_kinds_but_where_it_asks_for_them(archive: Path) -> None:
    write(archive / "list.dat")
    write(archive / ".hidden.dat")
    assert discover(f"{archive}/*").counts.other_kinds == 1
    assert uris(discover(f"{archive}/*.dat")) == ["archive/list.dat"]
    assert uris(discover(archive, f"{archive}/*.dat")) == sorted([*uris(discover(archive)), "archive/list.dat"])
    check_paths([f"{archive}/l*"])


@given(
    st.lists(st.sampled_from(["a", "*", "**", "b?", "?"]), min_size=1, max_size=4),
    st.lists(st.sampled_from(["a", "b", "bc", "d"]), min_size=1, max_size=4),
)
def test_a_pattern_matches_what_a_search_for_it_finds(parts: list[str], names: list[str]) -> None:
    import re

    # Each part as a piece of one regular expression; behind a match anything may follow.
    pieces = [r"(?:[^/]+/)*" if p == "**" else p.replace("?", "[^/]").replace("*", "[^/]+") + "/" for p in parts]
    expected = bool(re.match("".join(pieces), "/".join(names) + "/"))
    assert Pattern(parts).matches("/".join(names)) == expected


# --- unchanged files --------------------------------------------------------------------------------------------------


def test_a_file_of_the_same_size_and_time_is_unchanged_without_a_look_into_it(archive: Path) -> None:
    first = discover(archive)
    blind = {uri: replace(entry, sha256="0" * 64) for uri, entry in ledger_of(first).items()}
    second = discover(archive, known=blind)
    assert (second.files, second.counts.unchanged) == ([], 6)


def test_a_touched_file_is_unchanged_by_its_hash_and_a_rewritten_one_of_the_same_size_is_not(archive: Path) -> None:
    known = ledger_of(discover(archive))
    later = {uri: replace(e, mtime=e.mtime - timedelta(seconds=5)) for uri, e in known.items() if e.mtime}
    write(archive / "b.txt", "The mill burns.")
    found = discover(archive, known=later)
    assert (uris(found), found.counts.unchanged) == (["archive/b.txt"], 5)


def test_a_file_of_another_size_is_changed_even_where_its_time_is_the_same(archive: Path) -> None:
    known = ledger_of(discover(archive))
    status = (archive / "b.txt").stat()
    write(archive / "b.txt", "The mill has turned.")
    os.utime(archive / "b.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert uris(discover(archive, known=known)) == ["archive/b.txt"]


def test_a_file_that_could_not_be_read_before_is_tried_again(archive: Path) -> None:
    known = ledger_of(discover(archive))
    known["archive/a.txt"] = replace(known["archive/a.txt"], sha256=None, status="failed")
    assert uris(discover(archive, known=known)) == ["archive/a.txt"]


def test_all_files_are_read_where_again_is_asked_for(archive: Path) -> None:
    first = discover(archive)
    assert discover(archive, known=ledger_of(first), again=True).files == first.files


def test_counts_begin_anew_where_discovery_does(archive: Path) -> None:
    counts = Discovery()
    for _ in range(2):
        assert len(list(discover_files([str(archive)], None, lambda _: {}, counts=counts))) == 6
    assert counts.files == 6


def test_the_time_of_a_file_is_kept_to_the_microsecond_in_utc(archive: Path) -> None:
    os.utime(archive / "b.txt", ns=(0, 1_767_225_599_123_456_789))
    [file] = discover(archive / "b.txt").files
    assert file.mtime
    assert file.mtime.isoformat() == "2025-12-31T23:59:59.123456+00:00"


def test_a_time_that_no_calendar_has_is_unknown() -> None:
    assert listing.time_of(10**21) is None


def test_the_ledger_answers_for_the_files_that_it_knows(tmp_path: Path, archive: Path) -> None:
    [file, *_] = discover(archive).files
    with open_for_writing(tmp_path / "warehouse") as connection:
        connection.execute(
            "INSERT INTO files BY NAME SELECT ? AS file_uri, ? AS size, ?::TIMESTAMPTZ AS mtime, 'v1' AS etag,"
            " 'loaded' AS status",
            [file.file_uri, file.size, file.mtime],
        )
        asked = ["archive/0", file.file_uri, "archive/z"]
        assert known_files(connection, asked) == {file.file_uri: KnownFile(file.size, file.mtime, None, "loaded", "v1")}
        assert known_files(connection, []) == {}


# --- memory -----------------------------------------------------------------------------------------------------------


def test_more_than_a_run_of_names_is_sorted_on_disk(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        write(archive / "a" / f"{number * 37 % 60}.txt")
    expected = uris(discover(archive))
    monkeypatch.setattr(sorting, "BLOCK_ITEMS", 3)
    monkeypatch.setattr(listing, "sort_in_runs", lambda items: sort_in_runs(items, run_items=7))
    assert uris(discover(archive)) == expected
    assert len(expected) == 66


@given(st.lists(st.tuples(st.text(st.characters()), st.none() | st.integers()), unique_by=lambda row: row[0]))
def test_what_is_sorted_in_runs_is_sorted(rows: list[tuple[str, int | None]]) -> None:
    for run_items in (1, 3, len(rows) or 1, len(rows) + 1):
        assert list(sort_in_runs(rows, run_items)) == sorted(rows, key=lambda row: row[0])


# --- what is said -----------------------------------------------------------------------------------------------------


def test_nothing_to_read_says_why(tmp_path: Path) -> None:
    where = str(tmp_path)
    assert describe_nothing([where], discover(tmp_path).counts) == f"nothing to read in {where}: there are no files"
    for name in ("photo.jpg", "picture.jpg", "paper.pdf"):
        write(tmp_path / name)
    assert describe_nothing([where], discover(tmp_path).counts) == (
        f"nothing to read in {where}: 3 files, all of kinds that are passed over (.jpg, .pdf);"
        " a file that is named outright is always read"
    )
    write(tmp_path / "a.txt")
    known = ledger_of(discover(tmp_path))
    assert describe_nothing([where], discover(tmp_path, known=known).counts) == (
        f"nothing new: 1 files in {where} are unchanged since they were loaded"
    )
