"""What can go wrong between a file's bytes and its rows."""


class TransformsError(Exception):
    """Something that text cannot be turned into rows without.

    `exit_code` is that of the command line. `is_transient`: the same may well succeed later, with nothing changed.
    """

    exit_code = 3
    is_transient = False


class ModelNotFoundError(TransformsError):
    """The spaCy pipeline that was asked for is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the spaCy pipeline '{name}' is not installed: install its package, or pass --model with one that is"
        )
        self.name = name


class FieldMapError(TransformsError):
    """`--map` names no column, or cannot be understood."""

    exit_code = 2
