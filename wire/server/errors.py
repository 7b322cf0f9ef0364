"""Why a server of ours can't start, or a command of it can't be done."""

from wire.failure import PlainFailure


class ServerUnusable(PlainFailure):
    """It can't start, or a command can't be done: what, and the remedy."""
