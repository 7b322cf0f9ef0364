"""What an administrator is told when something fails: what happened, what to do."""


class Failure(Exception):
    """Something failed, in words for an administrator; every such error is a kind.

    Args:
        what: what happened; never a secret.
        remedy: the next step; empty where none is known.

    """

    # no frozen dataclass: Python itself sets the traceback of what it passes on
    def __init__(self, what: str, remedy: str = "") -> None:
        self.what, self.remedy = what, remedy
        super().__init__(joined(self.statement, remedy))

    @property
    def statement(self) -> str:
        """What happened and where, for a row that has the remedy beside it."""
        return self.what


def joined(what: str, remedy: str) -> str:
    """Put what happened and the remedy in one text.

    Sentences stand side by side, clauses have a semicolon between them; what fills
    lines is followed by a line.
    """
    if not (what and remedy):
        return what or remedy
    if "\n" in what + remedy:
        return f"{what}\n{remedy}"
    return f"{what}{' ' if what.endswith('.') else '; '}{remedy}"


def sentence(text: str) -> str:
    """Write what an error says as a sentence; empty stays empty."""
    whole = text[:1].upper() + text[1:]
    return whole if not whole or whole.endswith(".") else f"{whole}."
