"""What can go wrong with a run. Every message is one line: what, where, why, what to do."""


class FlowsError(Exception):
    """A run cannot start or go on."""


class InputError(FlowsError):
    """What the user named as input cannot be used: wrong usage."""


class ServerError(FlowsError):
    """The Prefect server cannot be started or reached."""
