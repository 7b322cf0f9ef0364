"""The route: which pages a journey has, in order, for the answers so far.

A journey is the ordered tuple `PAGES`, filtered by each
page's `shown`; Next and Back are neighbours in the route. There is no stack and no
graph. A page that only asks is drawn from its fields; texts are translated there.
"""

from collections.abc import Iterator

from wizard.flow.model import Answers, Field, Page
from wizard.flow.pages.order import PAGES


def route(answers: Answers) -> tuple[Page, ...]:
    """Give the pages of this journey, in order.

    Reading the machine stands before all, then a recovery: nothing else is asked.
    """
    shown = [page for page in PAGES if page.shown(answers)]
    if answers.reading or answers.recovery:
        shown = shown[:1]
    return tuple(page.worded(answers) for page in shown)


def next_page(answers: Answers, page_id: str) -> str | None:
    """Give the id of the page after one, None after the last."""
    ids = [page.id for page in route(answers)]
    rest = ids[ids.index(page_id) + 1 :] if page_id in ids else ids
    return rest[0] if rest else None


def page_asking(answers: Answers, path: str) -> str | None:
    """Give the id of the page that asks for an answer; None where none does."""
    for page in route(answers):
        if any(item.path == path and item.shown(answers) for item in page.fields):
            return page.id
    return None


def asked_fields(answers: Answers) -> Iterator[Field]:
    """Give the fields of the pages shown: only their answers become settings."""
    for page in route(answers):
        yield from (item for item in page.fields if item.shown(answers))
