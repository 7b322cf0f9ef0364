"""Recovery codes: ten on paper; each is good once."""

from portal.methods import paper_code

COUNT = 10


def new_codes() -> tuple[str, ...]:
    """Make a set of codes, in groups of four."""
    return tuple(paper_code.new_code() for _ in range(COUNT))
