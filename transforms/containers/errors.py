"""What can be wrong with packed data."""


class ContainerError(Exception):
    """Packed data that cannot be read on; `error_type` is one of `transforms.readers.error_types`.

    `depth` says what is lost: 0 the rest of the file, 1 one member of its archive, 2 one member of an archive in that.
    `remedy` says what to do.
    """

    error_type = "damaged"
    remedy = "get the file again"

    def __init__(self, message: str, depth: int = 0) -> None:
        super().__init__(message)
        self.depth = depth


class DamagedError(ContainerError):
    """Compressed data or an archive is damaged or cut off."""


class LimitError(ContainerError):
    """Data unpacks to more than the limits allow."""

    error_type = "limit_exceeded"
    remedy = "raise the limit in the settings if it is meant to"
