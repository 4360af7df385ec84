"""What can go wrong with a search. Every message is one line: what, where, why, what to do."""

from pathlib import Path

from warehouse.errors import ParameterError, WarehouseError


class SearchError(WarehouseError):
    """The index cannot be made or read."""


class WordsError(ParameterError):
    """The words cannot be searched for: wrong usage."""


class NoIndexError(SearchError):
    """There is no index yet, and none can be made."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"there is no search index in {folder}, and none can be made: {reason};"
            " run 'newsmill search --index' where the folder can be written to"
        )


class IndexNotWrittenError(SearchError):
    """The index cannot be written."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"the search index in {folder} cannot be written: {reason}; the folder may be deleted, and is made again"
        )


class UnusableIndexError(SearchError):
    """The index is damaged, or was made by another version."""
