"""The roster's pages: each person once, short enough, and of one list."""

import json
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from agent.self_service.roster import PAGE, Listed, Roster
from tests.unit.agent.wire import AGENT, PORTAL
from wire import messages
from wire.outcomes import Code, Refused

ANSWER_BYTES = 64 * 1024


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def people(count: int, name: str = "Anna Adler") -> Callable[[], Iterator[Listed]]:
    return lambda: (Listed(UUID(int=n), name, n % 3 == 0) for n in range(count))


def all_pages(roster: Roster, count: int, name: str = "Anna Adler") -> list[list[str]]:
    pages, cursor = [], None
    while True:
        page = roster.page(cursor, people(count, name))
        assert page["total"] == count
        pages.append([each["guid"] for each in page["people"]])
        cursor = page.get("cursor")
        if cursor is None:
            return pages


@pytest.mark.parametrize("count", [0, 1, PAGE, 1201])
def test_each_person_is_on_one_page(count: int) -> None:
    pages = all_pages(Roster(), count)
    assert [guid for page in pages for guid in page] == [
        str(UUID(int=n)) for n in range(count)
    ]
    assert max(map(len, pages)) <= PAGE


@pytest.mark.parametrize("name", ["A" * 64, "ü" * 64, "\N{GRINNING FACE}" * 64])
def test_a_page_fits_an_answer_whatever_the_names_are(name: str) -> None:
    page = Roster().page(None, people(PAGE, name))
    claims = {"roster": page, "message": "x" * 2000, "ms": {"total": 1.0}}
    sealed = messages.seal_answer(claims, AGENT, PORTAL.public)
    assert len(sealed) < ANSWER_BYTES
    assert page["people"]
    assert len(all_pages(Roster(), PAGE, name)) < 20
    assert json.dumps(page)


def test_a_list_goes_on_as_it_was_read_and_is_read_anew_later() -> None:
    clock = Clock()
    roster = Roster(clock)
    first = roster.page(None, people(700))
    # a second reader within the minute costs the directory nothing
    assert roster.page(None, people(900))["total"] == 700
    second = roster.page(first["cursor"], people(900))
    assert second["total"] == 700
    clock.now = 61
    assert roster.page(None, people(900))["total"] == 900


def test_a_cursor_of_no_list_is_refused() -> None:
    clock = Clock()
    roster = Roster(clock)
    cursor = roster.page(None, people(700))["cursor"]
    own_id = cursor.partition("-")[0]
    clock.now = 901
    wrong = (cursor, "a", f"{own_id}-", f"{own_id}-700", f"{own_id}--1", f"{own_id}-x")
    for each in wrong:
        with pytest.raises(Refused) as refused:
            roster.page(each, people(700))
        assert refused.value.code is Code.BAD_REQUEST


def test_nobody_waits_for_a_list_that_is_being_read() -> None:
    roster = Roster()

    def asks_meanwhile() -> Iterator[Listed]:
        with pytest.raises(Refused) as refused:
            roster.page(None, people(1))
        assert refused.value.code is Code.TOO_MANY
        yield from people(3)()

    assert roster.page(None, asks_meanwhile)["total"] == 3


def test_one_that_could_not_be_read_is_read_again() -> None:
    def fails() -> Iterator[Listed]:
        yield from people(1)()
        raise OSError

    roster = Roster()
    with pytest.raises(OSError):
        roster.page(None, fails)
    assert roster.page(None, people(2))["total"] == 2
