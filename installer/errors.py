"""What can go wrong in a build, said with its remedy."""

from wire.failure import PlainFailure


class BuildError(PlainFailure):
    """The build cannot go on; `remedy` says what to do, or holds the tool's words."""
