"""What an administrator is told when something fails: what happened, what to do."""

from wire.text import EMPTY, Text, verbatim


class Failure(Exception):
    """Something failed, in words for an administrator; every such error is a kind.

    `what` happened, never a secret; `remedy` is the next step, empty where none is
    known.
    """

    # no frozen dataclass: Python itself sets the traceback of what it passes on
    def __init__(self, what: Text, remedy: Text = EMPTY) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(self.whole)

    @property
    def statement(self) -> Text:
        """What happened and where, for a row that has the remedy beside it."""
        return self.what

    @property
    def whole(self) -> Text:
        """What happened and what to do, where there is one place for both."""
        return joined(self.statement, self.remedy)


def joined(what: Text, remedy: Text) -> Text:
    """Put what happened and the remedy in one text.

    Sentences stand side by side, clauses have a semicolon between them; what fills
    lines is followed by a line.
    """
    if not (what and remedy):
        return what or remedy
    if "\n" in what + remedy:
        return Text("{what}\n{remedy}", what=what, remedy=remedy)
    if what.endswith("."):
        return Text("{what} {remedy}", what=what, remedy=remedy)
    return Text("{what}; {remedy}", what=what, remedy=remedy)


class PlainFailure(Failure):
    """One of a program that speaks English alone, as the relay's commands do."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(verbatim(what), verbatim(remedy))


def sentence(text: str) -> Text:
    """Write what an error says as a sentence, in any language; empty stays empty."""
    return Text("", sentence=text) if text else EMPTY
