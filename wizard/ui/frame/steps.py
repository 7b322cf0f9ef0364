"""The steps of a journey: its pages, each done, here or ahead."""

from collections.abc import Sequence
from dataclasses import dataclass

from wire.text import Text
from wizard.flow.model import Page

_STATES = {"done": Text("done"), "here": Text("this page"), "ahead": Text("ahead")}


@dataclass(frozen=True)
class Step:
    """One page of the journey, and whether one can go back to it now."""

    page_id: str
    text: Text
    state: str  # done, here, ahead
    index: int  # from 1
    total: int
    reachable: bool

    @property
    def spoken(self) -> Text:
        """What a screen reader says."""
        name = Text("{page}, {state}", page=self.text, state=_STATES[self.state])
        return Text(
            "Step {index} of {total}: {name}",
            index=self.index,
            total=self.total,
            name=name,
        )


def steps_of(pages: Sequence[Page], here: str, *, back: bool) -> tuple[Step, ...]:
    """Give the steps of a route; `back`: one may go back to those that are done."""
    ids = [page.id for page in pages]
    at = ids.index(here) if here in ids else 0
    return tuple(
        _step(page, index, at, total=len(ids), back=back)
        for index, page in enumerate(pages)
    )


def _step(page: Page, index: int, at: int, *, total: int, back: bool) -> Step:
    state = "done" if index < at else "here" if index == at else "ahead"
    reachable = back and state == "done"
    return Step(page.id, page.rail, state, index + 1, total, reachable)
