"""Why the portal can't start, or a command of it can't be done."""

from wire.server.errors import ServerUnusable


class PortalUnusable(ServerUnusable):
    """The portal can't start, or a command can't be done: what, and the remedy."""
