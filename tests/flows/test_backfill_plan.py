"""What of an archive is loaded when: partitions by the dates in paths, their cuts, ranges, and what is said before."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from flows.backfill_report import check_chosen, describe_plan, table_of_plan
from flows.errors import InputError
from flows.estimates import ROUGH_BYTES_A_SECOND, Speed, expected_speed, spell_clock, spell_duration
from flows.options import read_settings
from flows.partition_progress import reporting_partitions
from flows.partitions import ArchiveChoice, Plan, planned
from flows.periods import Span, period_of_path
from flows.progress import reporter, reporting_to
from tests.conftest import Outcome
from transforms.models import DEFAULT_MODEL, find_model
from warehouse.catalog import open_for_writing
from warehouse.ledger import LOADED, FileRecord, known_files, record_files
from warehouse.runs import COMPLETED, FAILED, RunInfo, finish_run, start_run

MB = 1 << 20
SPEED = Speed(1000.0, 0)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two years of files in folders and names, one file of a whole year, and two whose paths tell no date."""
    folder = tmp_path / "wire"
    for name in (
        "2015/12/a.txt", "2015/12/b.txt", "2016/01/02/c.txt", "2016/01/03/d.txt", "2016/all.txt", "x-2016-02-29.txt",
        "box/notes.txt", "z.txt",
    ):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Ada Cole spoke of {name}.\n", encoding="utf-8")
    return folder


@contextmanager
def plan_of(folder: Path, **choice: object) -> Iterator[Plan]:
    """The plan for an archive, with a warehouse beside it that may or may not be there."""
    with planned(ArchiveChoice((str(folder),), **choice), folder.parent / "w") as plan:  # type: ignore[arg-type]
        yield plan


def names_in(folder: Path, **choice: object) -> list[str]:
    with plan_of(folder, **choice) as plan:
        return [partition.name for partition in plan.partitions]


def files_in(plan: Plan, place: int) -> list[str]:
    return [file.file_uri for file in plan.changed_files(plan.partitions[place], lambda _: {})]


def lines_for(folder: Path, **choice: object) -> list[str]:
    with plan_of(folder, **choice) as plan:
        return describe_plan(plan, ArchiveChoice((str(folder),), **choice), SPEED)  # type: ignore[arg-type]


def load_ledger(folder: Path, *file_uris: str) -> None:
    """Writes into the ledger that these files are loaded."""
    with plan_of(folder) as plan:
        found = [f for partition in plan.partitions for f in plan.changed_files(partition, lambda _: {})]
    records = [
        FileRecord(f.file_uri, f.location, f.size, f.mtime, "0" * 64, LOADED) for f in found if f.file_uri in file_uris
    ]
    assert len(records) == len(file_uris)
    with open_for_writing(folder.parent / "w") as connection:
        record_files(connection, file_uris, records, "r", datetime.now(UTC), {})


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("wire/2015/03/a.txt", "2015-03"),
        ("wire/2015/mar/a.txt", "2015-03"),
        ("wire/news-20150317-001.txt", "2015-03-17"),
        ("wire/year=2015/month=03/day=17/a.parquet", "2015-03-17"),
        ("wire/2015.warc.gz", "2015"),
        ("wire/2015-01-01_2015-12-31.jsonl", "2015"),
        ("wire/box 17/a.txt", None),
    ],
)
def test_a_path_tells_a_day_a_month_a_year_or_nothing(path: str, name: str | None) -> None:
    period = period_of_path(path)
    assert (period.name if period else None) == name


def test_partitions_come_in_order_of_time_and_what_tells_no_date_comes_last(archive: Path) -> None:
    assert names_in(archive) == ["2015-12", "2016", "2016-01", "2016-02", "undated"]
    assert names_in(archive, newest_first=True) == ["2016-02", "2016-01", "2016", "2015-12", "undated"]
    assert names_in(archive, by=Span.YEAR) == ["2015", "2016", "undated"]
    assert names_in(archive, by=Span.DAY) == [
        "2015-12", "2016", "2016-01-02", "2016-01-03", "2016-02-29", "undated",
    ]  # fmt: skip
    assert names_in(archive, by=Span.FOLDER) == ["wire", "wire/2015", "wire/2016", "wire/box"]


def test_a_range_takes_both_of_its_days_and_whole_files_of_which_a_part_lies_in_it(archive: Path) -> None:
    first, last = date(2016, 1, 3), date(2016, 2, 29)
    with plan_of(archive, since=first, until=last) as plan:
        assert [partition.name for partition in plan.partitions] == ["2016", "2016-01", "2016-02", "undated"]
        assert files_in(plan, 1) == ["wire/2016/01/03/d.txt"]
        assert (plan.survey.out_of_range, plan.survey.partly_in_range, plan.survey.undated) == (3, 1, 2)
    assert names_in(archive, since=first, until=last, with_undated=False) == ["2016", "2016-01", "2016-02"]
    lines = lines_for(archive, since=first, until=last)
    assert lines[1:] == [
        "outside the range: 3 other files",
        "only partly in the range: 1 file of which the path tells no more than the month or year; loaded whole",
        "without a date in the path: 2 files, to come last, as 'undated'",
        "--from and --to cannot choose among 2 files without a date in the path: all are loaded; --no-undated leaves"
        " them out",
    ]


def test_an_archive_without_any_dates_says_before_it_starts_how_it_proceeds(archive: Path) -> None:
    box = archive / "box"
    assert names_in(box) == ["undated"]
    assert lines_for(box)[1:] == [
        "no path tells a date: 1 file to load in the order of names, in partitions of 64 MB; dates that stand in the"
        " records are read as ever"
    ]


def test_a_range_in_which_no_file_lies_is_refused_and_says_what_there_is(archive: Path) -> None:
    for choice, message in (
        (
            ArchiveChoice((str(archive),), since=date(2020, 1, 1), with_undated=False),
            f"no file in {archive} lies in the range from 2020-01-01 to the end: their paths tell 2015 to 2016, and 2"
            " tell none",
        ),
        (
            ArchiveChoice((str(archive / "box"),), with_undated=False),
            f"no path in {archive / 'box'} tells a date (1 file): leave --no-undated out",
        ),
    ):
        with planned(choice, archive.parent / "w") as plan, pytest.raises(InputError) as refused:
            check_chosen(plan, choice)
        assert str(refused.value) == message


def test_a_partition_is_cut_between_files_where_the_files_say_whatever_is_loaded_already(tmp_path: Path) -> None:
    month = tmp_path / "wire" / "2015" / "03"
    month.mkdir(parents=True)
    for number in range(6):
        (month / f"{number}.txt").write_bytes(b"x" * 400_000)
    with plan_of(tmp_path / "wire", part_bytes=MB) as plan:
        assert [partition.name for partition in plan.partitions] == ["2015-03 1/2", "2015-03 2/2"]
        before = files_in(plan, 0), files_in(plan, 1)
    assert before == ([f"wire/2015/03/{n}.txt" for n in (0, 1, 2)], [f"wire/2015/03/{n}.txt" for n in (3, 4, 5)])
    load_ledger(tmp_path / "wire", "wire/2015/03/0.txt", "wire/2015/03/1.txt")
    with plan_of(tmp_path / "wire", part_bytes=MB) as plan:
        assert [partition.name for partition in plan.partitions] == ["2015-03 1/2", "2015-03 2/2"]
        assert [(partition.files, partition.unchanged) for partition in plan.partitions] == [(1, 2), (3, 0)]
        assert (files_in(plan, 0), files_in(plan, 1)) == (before[0][2:], before[1])


def test_a_file_that_is_too_large_to_be_cut_is_announced_with_the_time_others_wait(tmp_path: Path) -> None:
    (tmp_path / "wire").mkdir()
    (tmp_path / "wire" / "2015.warc.gz").write_bytes(b"x" * 600_000)
    (tmp_path / "wire" / "2016.txt").write_bytes(b"x" * 600_000)
    assert lines_for(tmp_path / "wire", part_bytes=MB)[1:] == [
        "larger than a partition is to be (1 MB of text): 1 file; the largest, wire/2015.warc.gz (0.6 MB), is loaded by"
        " one run of about 10 min, for which others wait; where that is interrupted it begins anew"
    ]


def test_files_that_others_have_loaded_since_are_passed_over_and_changed_ones_are_read_as_they_are(
    archive: Path,
) -> None:
    with plan_of(archive) as plan:
        load_ledger(archive, "wire/2015/12/a.txt")
        (archive / "2015/12/b.txt").write_text("Ada Cole spoke of another bridge, and at length.\n", encoding="utf-8")
        with open_for_writing(archive.parent / "w") as connection:
            (changed,) = plan.changed_files(plan.partitions[0], partial(known_files, connection))
    assert (changed.file_uri, changed.size) == ("wire/2015/12/b.txt", 49)


def test_what_is_loaded_is_counted_and_left_out_of_the_plan(archive: Path) -> None:
    load_ledger(archive, "wire/2015/12/a.txt", "wire/2015/12/b.txt", "wire/2016/all.txt")
    with plan_of(archive) as plan:
        assert [partition.name for partition in plan.partitions] == ["2016-01", "2016-02", "undated"]
        assert [partition.number for partition in plan.partitions] == [1, 2, 3]
        table = table_of_plan(plan, Speed(10.0, 1))
    assert table.column_names == ["partition", "files", "unchanged", "megabytes", "estimated_time"]
    assert table["files"].to_pylist() == [2, 1, 2]
    assert lines_for(archive)[1] == "unchanged since they were loaded: 3 other files"


# --- how long it takes ------------------------------------------------------------------------------------------------


def end_run(warehouse: Path, status: str, **counts: float) -> None:
    with open_for_writing(warehouse) as connection:
        name = find_model(DEFAULT_MODEL).name
        run_id = start_run(connection, RunInfo("ingest", dict(counts), None, "0", name, "0", "0"))
        finish_run(connection, run_id, status, counts)


def test_the_estimate_is_that_of_completed_runs_and_a_rough_one_says_so(tmp_path: Path) -> None:
    settings = read_settings(warehouse=tmp_path / "w", workers=2)
    rough = expected_speed(settings)
    assert rough == Speed(2 * ROUGH_BYTES_A_SECOND, 0)
    assert rough.describe() == ("a rough figure: no run was measured here yet that tells, so 100 KB/s are assumed")
    end_run(tmp_path / "w", COMPLETED, bytes=2_000, enrich_seconds=1.0)
    end_run(tmp_path / "w", FAILED, bytes=9_000_000, enrich_seconds=1.0)
    assert expected_speed(settings).runs == 0
    end_run(tmp_path / "w", COMPLETED, bytes=1_000_000, enrich_seconds=10.0)
    end_run(tmp_path / "w", COMPLETED, bytes=2_000_000, enrich_seconds=5.0)
    assert expected_speed(settings) == Speed(200_000.0, 2)
    assert expected_speed(settings).describe() == "at 200 KB/s, measured in 2 runs"


def test_times_are_spelled_as_people_say_them() -> None:
    assert [spell_duration(s) for s in (0.2, 45, 100, 5400, 7200, 12_000, 187_200)] == [
        "1 s", "45 s", "2 min", "1 h 30 min", "2 h", "3 h 20 min", "2 d 4 h",
    ]  # fmt: skip
    assert [spell_clock(s) for s in (45, 100_000)] == ["0:00:45", "27:46:40"]


def test_progress_is_a_line_a_partition_and_what_failed_is_not_left_to_do(archive: Path) -> None:
    said = io.StringIO()
    with plan_of(archive, with_undated=False) as plan, reporting_to(Console(file=said)):
        first, second, *_ = plan.partitions
        with reporting_partitions(plan, Speed(10.0, 1)) as progress:
            progress.start_partition(first)
            reporter().start(1, 1)
            reporter().advance(2, 2, first.total_bytes)
            progress.end_partition(first, "2 articles in 1 s")
            assert progress.share_done == first.total_bytes / plan.total_bytes
            progress.end_partition(second, "failed: the disk is full")
            assert progress.share_done == (first.total_bytes + second.total_bytes) / plan.total_bytes
            for partition in plan.partitions[2:]:
                progress.end_partition(partition, "failed: the disk is full")
            assert progress.share_done == 1
    lines = said.getvalue().splitlines()
    assert len(lines) == len(plan.partitions)
    assert lines[0].startswith("2015-12: 2 articles in 1 s; 1/4 partitions, 2 articles, 0.0/0.0 MB, ")
    assert lines[0].endswith(" left")
    assert lines[1].startswith("2016: failed: the disk is full; 2/4 partitions, 2 articles, ")
    assert lines[-1].endswith(", done")


def test_the_form_of_the_flow_has_every_parameter_described_and_typed() -> None:
    from flows.backfill import backfill

    properties = backfill.parameters.model_dump()["properties"]
    assert [name for name, about in properties.items() if not about.get("description")] == []
    assert properties["first_day"]["anyOf"][0] == {"type": "string", "format": "date"}
    assert properties["by"]["default"] == "month"
    assert (properties["nice"]["minimum"], properties["nice"]["maximum"]) == (0, 19)
    assert properties["part_megabytes"]["minimum"] == 1


# --- in the terminal --------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_the_plan_and_writes_nothing(newsmill: Callable[..., Outcome], archive: Path) -> None:
    shown = newsmill("backfill", archive, "-w", archive.parent / "w", "--dry-run", "--format", "csv", "--to", "2016-01")
    assert shown.code == 0, shown.err
    assert shown.out.splitlines() == [
        "partition,files,unchanged,megabytes,estimated_time",
        "2015-12,2,0,0.0,0:00:02",
        "2016,1,0,0.0,0:00:02",
        "2016-01,2,0,0.0,0:00:02",
        "undated,2,0,0.0,0:00:02",
    ]
    assert shown.err.splitlines()[0] == (
        "7 files (0.0 MB) in 4 partitions, from 2015-12 to undated: about 8 s (a rough figure: no run was measured here"
        " yet that tells, so 100 KB/s are assumed)"
    )
    assert not (archive.parent / "w").exists()


MISTAKES = [
    (["--from", "2016", "--to", "2015"], "there is no day from 2016-01-01 to 2015-12-31: the range is reversed, give"
     " the earlier day first"),
    (["--from", "yesterday"], "--from 'yesterday' is no date: write 2015, 2015-03 or 2015-03-17"),
    (["--to", "2015-02-30"], "--to '2015-02-30' is no date: write 2015, 2015-03 or 2015-03-17"),
    (["--corpus", "a/b"], "--corpus 'a/b' cannot be used: give a name without '/'"),
    (["--from", "2020", "--no-undated", "--dry-run"], "no file in wire lies in the range from 2020-01-01 to the end:"
     " their paths tell 2015 to 2016, and 2 tell none"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "message"), MISTAKES)
def test_a_mistake_gets_one_line_and_exit_code_2(
    newsmill: Callable[..., Outcome],
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(archive.parent)
    outcome = newsmill("backfill", "wire", *options)
    assert (outcome.code, outcome.err.strip(), outcome.out) == (2, f"newsmill: {message}", "")
