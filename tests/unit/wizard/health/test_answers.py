"""An audit record may hold anything: what is of its kind is read, the rest is not."""

from typing import Any

import pytest

from tests.unit.wizard.health.staged import NOW, answered
from wire.operation import Operation
from wire.outcomes import Code
from wizard.health.answers import Kind, answer_of, in_full, kind_of

HOSTILE = "\x1b]0;owned\x07\u202e\ud800" + "x" * 10_000


@pytest.mark.parametrize("code", Code)
def test_each_outcome_is_of_one_kind(code: Code) -> None:
    assert kind_of(code) in Kind
    assert (kind_of(code) is Kind.DONE) == (code in ("ok", "partial"))


def test_what_a_rule_says_no_to_is_refused_and_what_lacks_a_part_has_failed() -> None:
    assert kind_of("too_short") is kind_of("not_in_scope") is Kind.REFUSED
    assert kind_of("permission_denied") is kind_of("internal") is Kind.FAILED
    assert kind_of("of a later version") is Kind.FAILED


def test_an_answer_has_what_its_record_says() -> None:
    found = answer_of(answered(code="in_history", detail="the last 24"))
    assert found is not None
    assert (found.at, found.kind, found.person) == (
        NOW.replace(microsecond=0),
        Kind.REFUSED,
        "anna.keller@corp.test",
    )
    assert (found.operation, found.ms, found.count) == ("Reset", 84.0, 1)
    assert "last" in found.detail
    assert not found.is_check


@pytest.mark.parametrize(
    "other",
    [
        {"code": None},  # what is about to be written, a note
        {"answer_of": "1b671a64"},  # the first answer again
    ],
)
def test_what_is_no_answer_is_passed_by(other: dict[str, Any]) -> None:
    assert answer_of(answered() | other) is None


def test_what_is_counted_stands_for_as_many() -> None:
    counted = answered(code="forged_request", op=None, event=40007, count=412)
    found = answer_of(counted | {"ms": None})
    assert found is not None
    assert (found.count, found.ms, found.operation) == (412, None, "Unread request")


@pytest.mark.parametrize("count", [0, -3, True, 1e9, 10**30, "7", None])
def test_a_count_that_is_none_is_one(count: object) -> None:
    found = answer_of(answered(event=40007) | {"count": count})
    assert found is not None
    assert found.count == 1


@pytest.mark.parametrize("value", [None, 7, True, [], {}, HOSTILE, {"value": HOSTILE}])
@pytest.mark.parametrize("name", sorted(answered()))
def test_no_field_is_trusted_to_be_of_its_kind(name: str, value: object) -> None:
    try:
        found = answer_of(answered() | {name: value})
    except ValueError:
        assert name in ("at", "code")
        return
    if found is not None:
        shown = f"{found.person}{found.dn}{found.detail}{found.id}{found.code}"
        assert len(shown) < 8000
        assert not {"\x1b", "\u202e", "\ud800"} & set(shown)


@pytest.mark.parametrize("ms", [float("nan"), float("inf"), -1, 1e12, True, "84", None])
def test_a_time_that_is_none_says_nothing(ms: object) -> None:
    found = answer_of(answered(ms=ms))
    assert found is not None
    assert found.ms is None


def test_a_record_is_opened_in_lines_that_steer_no_screen() -> None:
    text = in_full(answered(detail=HOSTILE, op=Operation.CHANGE))
    assert '"op": "change"' in text
    assert len(text) < 9000
    assert not {"\x1b", "\u202e", "\ud800"} & set(text)
