"""A request is done once: what is final is given again, what is open is settled."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.request.answer import Answer, Repeat
from agent.request.exactly_once import ExactlyOnce
from agent.request.ledger import Entry, Ledger
from wire.messages import Request
from wire.outcomes import Code


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def request(digest: bytes = b"digest") -> Request:
    return cast("Request", SimpleNamespace(jti="jti-1", digest=digest))


def enter(ledger: Ledger) -> None:
    entry: dict[str, Any] = {"user": "a", "dn": "CN=A", "controller": "dc1"}
    ledger.enter("jti-1", b"digest", **entry, pwd_last_set=7)


def test_a_final_answer_is_given_again_as_it_was(ledger: Ledger) -> None:
    once = ExactlyOnce(ledger)
    first = once.run(request(), "id-1", lambda _entry: Answer(Code.OK, "done"))
    again = once.run(request(), "id-2", lambda _entry: pytest.fail("done twice"))
    assert first == Answer(Code.OK, "done")
    assert isinstance(again, Repeat)
    assert (again.id, again.code, again.detail) == ("id-1", Code.OK, "done")


def test_another_token_of_the_same_jti_is_a_replay(ledger: Ledger) -> None:
    once = ExactlyOnce(ledger)
    once.run(request(), "id-1", lambda _entry: Answer(Code.OK))
    replay = once.run(request(b"other"), "id-2", lambda _entry: pytest.fail("done"))
    assert replay.code is Code.REPLAYED_REQUEST


def test_an_open_entry_is_settled_and_not_done_again(ledger: Ledger) -> None:
    enter(ledger)
    entries: list[Entry | None] = []

    def settle(entry: Entry | None) -> Answer:
        entries.append(entry)
        return Answer(Code.UNKNOWN_RESULT, entered=True)

    for number in range(2):
        ExactlyOnce(ledger).run(request(), f"id-{number}", settle)
    assert [entry and entry.dn for entry in entries] == ["CN=A", "CN=A"]


@pytest.mark.parametrize("code", Code)
def test_what_is_final_depends_on_whether_a_write_was_entered(code: Code) -> None:
    passing = {"paused", "too_many", "expired_request", "replayed_request"}
    passing |= {"directory_unavailable", "directory_refused_agent", "cannot_record"}
    passing |= {"breaker_open"}
    open_ = {"unknown_result", "internal"}
    assert Answer(code).final is (code.value not in passing | open_)
    assert Answer(code, entered=True).final is (code.value not in open_)
