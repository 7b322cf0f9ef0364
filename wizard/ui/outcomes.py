"""What the checks of the pages came to, page by page, for as long as it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.flow.model import Answers, Page
from wizard.flow.pages.order import PAGES
from wizard.flow.route import route

if TYPE_CHECKING:
    from wizard.checks.outcome import Outcome

_IDS = tuple(page.id for page in PAGES)


@dataclass(frozen=True)
class PageOutcome:
    """What the check of one page came to, and how long it took in milliseconds."""

    page: Page
    outcome: Outcome
    ms: float


@dataclass
class Outcomes:
    """The record that the window's strip and "Verified" read."""

    _by_page: dict[str, PageOutcome] = field(default_factory=dict)

    def record(self, page: Page, outcome: Outcome, ms: float) -> None:
        """Take what a page's check came to, in place of what it came to before."""
        self._by_page[page.id] = PageOutcome(page, outcome, ms)

    def forget(self, page_id: str) -> None:
        """Drop a page's, as an answer there is another, and those that follow it.

        A later page's check stands on the answers of those before: its containers
        were looked for at the controllers that were named then.
        """
        for later in _IDS[_IDS.index(page_id) :]:
            self._by_page.pop(later, None)

    def clear(self) -> None:
        """Drop all: another journey begins."""
        self._by_page.clear()

    def of(self, page_id: str) -> PageOutcome | None:
        """Give a page's, None where its check did not run with these answers."""
        return self._by_page.get(page_id)

    def verified(self, answers: Answers) -> tuple[PageOutcome, ...]:
        """Give those of the journey's pages, in the order of the pages."""
        kept: Mapping[str, PageOutcome] = self._by_page
        return tuple(kept[page.id] for page in route(answers) if page.id in kept)
