"""Why the portal can't start, or a command of it can't be done."""

from wire.failure import PlainFailure


class PortalUnusable(PlainFailure):
    """The portal can't start, or a command can't be done: what, and the remedy."""
