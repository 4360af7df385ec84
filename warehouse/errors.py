"""What can go wrong with a warehouse. Every message is one line: what, where, why, what to do."""

from pathlib import Path


class WarehouseError(Exception):
    """Something is wrong with the warehouse or with what was asked of it.

    `exit_code` is that of the command line. `is_transient`: the same may well succeed later, with nothing changed.
    """

    exit_code = 3
    is_transient = False


class WarehouseNotFoundError(WarehouseError):
    """There is no warehouse in the folder, where one is needed."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"no warehouse at {path}: make one with 'newsmill ingest PATH --warehouse {path}'")


class NotAWarehouseError(WarehouseError):
    """The folder holds something else."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is not a warehouse: {why}; name an empty or new folder with --warehouse")


class NewerWarehouseError(WarehouseError):
    """The warehouse was written by a newer newsmill than this one."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"the warehouse at {path} was written by a newer newsmill (tables of version {found}, this one knows"
            f" {known}): upgrade newsmill, or name another folder with --warehouse"
        )


class WarehouseBusyError(WarehouseError):
    """Another process has been writing for longer than we are ready to wait."""

    is_transient = True

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__(
            f"another run has been writing to {path} for more than {seconds:.0f} s: wait for it to end and run again"
        )


class StorageError(WarehouseError):
    """The disk is full, fails, or may not be written to. Nothing is half committed then."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(
            f"cannot write to {path}: {reason}: {remedy}; what was committed stays, and the same command goes on from"
            " there"
        )


class NotReadableError(WarehouseError):
    """The folder or its catalog may not be read by who asks."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} may not be read: ask who owns it for leave to read the warehouse's folder and files")


class CatalogError(WarehouseError):
    """The catalog cannot be opened."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the catalog of the warehouse at {path} cannot be opened: {reason}")


class QueryError(WarehouseError):
    """A query of the user's that DuckDB refuses."""


class ReportNotFoundError(WarehouseError):
    """There is no report of that name."""


class ExportError(WarehouseError):
    """The export folder cannot be written to."""


class NotInQuarantineError(WarehouseError):
    """The record that was asked for does not stand in quarantine."""

    def __init__(self, record: str) -> None:
        super().__init__(f"'{record}' is not in quarantine: 'newsmill quarantine list' names the records that are")
        self.record = record


class PageNotWrittenError(WarehouseError):
    """The file of a page cannot be written."""

    def __init__(self, target: Path, reason: str) -> None:
        super().__init__(f"cannot write {target}: {reason}; name another file with -o")


class ArticleNotFoundError(WarehouseError):
    """No article has that article_id or source_uri, or several begin like it."""

    def __init__(self, wanted: str, found: int = 0) -> None:
        why = f"{found:,} articles begin with '{wanted}'" if found else f"there is no article '{wanted}'"
        super().__init__(f"{why}: newsmill search 'words of its headline' shows the article_id of each it finds")


class ParameterError(WarehouseError):
    """A report was asked with a parameter that it does not have, lacks, or cannot read: wrong usage."""

    exit_code = 2


class RelationNotFoundError(WarehouseError):
    """There is no table or view of that name."""
