"""Inputs are listed once, in order, by an identity that does not depend on the machine; unchanged ones are dropped."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.discover import Discovery, InputFile, check_paths, describe_nothing, discover_files, sha256_of_file
from flows.errors import InputError
from warehouse.ledger import KnownFile


def discover(
    *paths: Path | str, corpus: str | None = None, known: Mapping[str, KnownFile] | None = None, again: bool = False
) -> Discovery:
    def look_up(file_uris: Sequence[str]) -> Mapping[str, KnownFile]:
        return {uri: entry for uri, entry in (known or {}).items() if uri in file_uris}

    return discover_files([str(path) for path in paths], corpus, look_up, again=again)


def uris(discovery: Discovery) -> list[str]:
    return [file.file_uri for file in discovery.files]


def ledger_of(discovery: Discovery) -> dict[str, KnownFile]:
    return {
        file.file_uri: KnownFile(file.size, file.mtime, sha256_of_file(file.location), "loaded")
        for file in discovery.files
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


def test_files_come_in_the_order_of_their_identity_which_is_corpus_and_path(archive: Path) -> None:
    expected = ["a.txt", "a/10.TXT", "a/2.jsonl", "b.txt", "c/d/e.ndjson.gz", "Ä.txt"]
    assert uris(discover(archive)) == [f"archive/{name}" for name in expected]
    assert uris(discover(archive, corpus="gazette")) == [f"gazette/{name}" for name in expected]


def test_identity_is_the_same_wherever_the_folder_lies_and_however_it_is_named(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = uris(discover(archive))
    moved = tmp_path / "far" / "away" / "archive"
    shutil.copytree(archive, moved)
    assert uris(discover(moved)) == expected
    monkeypatch.chdir(archive)
    assert uris(discover(".")) == expected
    assert uris(discover(archive / "a" / "..")) == expected


def test_a_single_file_has_the_identity_that_it_has_within_its_folder(archive: Path) -> None:
    assert uris(discover(archive / "b.txt")) == ["archive/b.txt"]


def test_format_and_compression_are_told_by_the_name(archive: Path) -> None:
    found = {file.file_uri: (file.suffix, file.compression) for file in discover(archive).files}
    assert found["archive/a/10.TXT"] == (".txt", None)
    assert found["archive/c/d/e.ndjson.gz"] == (".ndjson", "gzip")


def test_hidden_files_and_folders_are_passed_over(archive: Path) -> None:
    expected = uris(discover(archive))
    write(archive / ".hidden.txt")
    write(archive / ".git" / "config.txt")
    found = discover(archive)
    assert uris(found) == expected
    assert found.other_kinds == []


def test_files_of_other_kinds_are_counted_and_not_read(archive: Path) -> None:
    for name in ("photo.jpg", "a/table.csv.gz", "README", "bundle.gz"):
        write(archive / name)
    found = discover(archive)
    assert sorted(found.other_kinds) == ["README", "a/table.csv.gz", "bundle.gz", "photo.jpg"]
    assert len(found.files) == 6


def test_a_link_to_a_folder_is_not_followed_and_a_broken_link_is_no_file(archive: Path) -> None:
    expected = uris(discover(archive))
    (archive / "loop").symlink_to(archive)
    (archive / "broken.txt").symlink_to(archive / "none.txt")
    assert uris(discover(archive)) == expected


def test_a_file_is_read_once_where_the_paths_overlap(archive: Path) -> None:
    found = discover(archive, archive, archive / "b.txt", f"{archive}/*.txt", corpus=None)
    assert uris(found) == uris(discover(archive))


@pytest.mark.xfail(
    strict=True,
    reason="a folder and one of its subfolders give the same file two identities, so it is loaded twice (the second"
    " time as a duplicate)",
)
def test_a_file_is_read_once_where_one_folder_lies_in_another(archive: Path) -> None:
    found = discover(archive, archive / "a")
    assert len({file.location for file in found.files}) == len(found.files)


def test_two_files_of_one_identity_are_refused(tmp_path: Path) -> None:
    first, second = write(tmp_path / "1" / "news" / "x.txt"), write(tmp_path / "2" / "news" / "x.txt")
    with pytest.raises(InputError) as caught:
        discover(second.parent, first.parent)
    assert str(caught.value) == (
        f"{second} and {first} would both be news/x.txt: ingest them one after the other,"
        " each with a --corpus of its own"
    )


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none"
    with pytest.raises(InputError) as caught:
        discover(path)
    assert str(caught.value) == f"'{path}' does not exist: name a folder, a file or a pattern with '*'"


def test_a_pattern_that_matches_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        discover(f"{tmp_path}/*.jsonl")
    assert str(caught.value) == f"nothing matches '{tmp_path}/*.jsonl': check the pattern, or name a folder or file"


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    path = write(tmp_path / "notes[1].txt")
    assert check_paths([str(path)]) == [path]
    assert uris(discover(path)) == [f"{tmp_path.name}/notes[1].txt"]


def test_a_pattern_with_two_stars_goes_into_subfolders(archive: Path) -> None:
    assert [path.name for path in check_paths([f"{archive}/**/*.jsonl"])] == ["2.jsonl"]


def test_a_file_of_the_same_size_and_time_is_unchanged_without_a_look_into_it(archive: Path) -> None:
    first = discover(archive)
    blind = {uri: replace(entry, sha256="0" * 64) for uri, entry in ledger_of(first).items()}
    second = discover(archive, known=blind)
    assert (second.files, second.unchanged) == ([], 6)


def test_a_touched_file_is_unchanged_by_its_hash_and_a_rewritten_one_of_the_same_size_is_not(archive: Path) -> None:
    known = ledger_of(discover(archive))
    later = {uri: replace(entry, mtime=entry.mtime - timedelta(seconds=5)) for uri, entry in known.items()}
    write(archive / "b.txt", "The mill burns.")
    found = discover(archive, known=later)
    assert (uris(found), found.unchanged) == (["archive/b.txt"], 5)


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


def test_the_time_of_a_file_is_kept_to_the_microsecond_in_utc(archive: Path) -> None:
    os.utime(archive / "b.txt", ns=(0, 1_767_225_599_123_456_789))
    [file] = discover(archive / "b.txt").files
    assert file.mtime.isoformat() == "2025-12-31T23:59:59.123456+00:00"


def is_storable(file: InputFile) -> bool:
    return file.file_uri.encode() != b"" and file.corpus.encode() != b""


def test_file_names_that_are_not_utf8_get_an_identity_that_can_be_stored(tmp_path: Path) -> None:
    folder = tmp_path / "press"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("Coffee is dearer.")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.doc")).write_text("no kind of ours")
    found = discover(folder)
    assert uris(found) == ["press/caf\\xe9.txt"]
    assert len(found.other_kinds) == 1
    assert Path(found.files[0].location).read_text() == "Coffee is dearer."


def test_a_folder_whose_name_is_not_utf8_gives_a_corpus_that_can_be_stored(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/pr\xe9cis"))
    folder.mkdir()
    write(folder / "a.txt")
    [file] = discover(folder).files
    assert (file.corpus, file.file_uri) == ("pr\\xe9cis", "pr\\xe9cis/a.txt")
    assert is_storable(file)


def test_nothing_to_read_says_why(tmp_path: Path) -> None:
    where = str(tmp_path)
    assert describe_nothing([where], discover(tmp_path)) == (
        f"nothing to read in {where}: there are no files; put .jsonl, .ndjson, .txt files there (or with .gz)"
    )
    write(tmp_path / "photo.jpg")
    assert describe_nothing([where], discover(tmp_path)) == (
        f"nothing to read in {where}: 1 files, none of them .jsonl, .ndjson, .txt (or with .gz)"
    )
    write(tmp_path / "a.txt")
    known = ledger_of(discover(tmp_path))
    assert describe_nothing([where], discover(tmp_path, known=known)) == (
        f"nothing new: 1 files in {where} are unchanged since they were loaded"
    )
