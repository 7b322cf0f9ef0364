"""What can go wrong in a root or in the lab, said with its remedy."""

from wire.failure import PlainFailure


class LabError(PlainFailure):
    """The lab cannot go on; `remedy` says what to do, or holds the tool's own words."""
