"""What can go wrong in a build, said with its remedy."""

from wire.failure import Failure


class BuildError(Failure):
    """The build cannot go on; `remedy` says what to do, or holds the tool's words."""
