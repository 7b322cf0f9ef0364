"""The entries of a person in their order, and which of them decides."""

from dataclasses import replace

from agent.verdict.subject import JUDGED
from tests.fixtures.sddl_text import descriptor, sids
from tests.unit.agent.verdict.test_judge import SUBJECT
from wire.operation import Operation
from wizard.permissions import listed_entries
from wizard.permissions.listed_entries import (
    MOST_LISTED,
    Effect,
    EntryList,
    list_entries,
)

EVERY = frozenset(JUDGED)
OTHER = "(A;;RP;;;USER)"
ALLOWS = "(OA;;CR;reset;;AGENT)"
DENIES = "(OD;;CR;reset;;AGENT)"


def listed(*entries: str, operations: frozenset[Operation] = EVERY) -> EntryList:
    raw = descriptor("".join(entries)).to_bytes()
    subject = replace(SUBJECT, descriptor=raw, agent_sids=sids("AGENT"))
    return list_entries(subject, operations, str)


def deciding(found: EntryList) -> list[tuple[int, tuple[Operation, ...]]]:
    return [(e.place, e.decides) for e in found.entries if e.decides]


def test_the_first_that_speaks_of_it_decides() -> None:
    found = listed(OTHER, DENIES, ALLOWS)
    assert deciding(found) == [(2, (Operation.RESET,))]
    assert [entry.applies for entry in found.entries] == [False, True, True]
    assert found.entries[1].words.startswith("Denies")
    assert [entry.effect for entry in found.entries] == ["allows", "denies", "allows"]


def test_an_entry_with_a_condition_leaves_it_open() -> None:
    found = listed("(ZD;;CR;reset;;AGENT)", ALLOWS)
    assert deciding(found) == [(1, (Operation.RESET,))]
    assert found.entries[0].effect is Effect.LEAVES_OPEN


def test_of_equal_entries_the_first_is_marked() -> None:
    assert deciding(listed(OTHER, ALLOWS, OTHER, ALLOWS)) == [(2, (Operation.RESET,))]


def test_where_no_entry_speaks_of_it_none_is_marked() -> None:
    assert deciding(listed(OTHER)) == []


def test_an_operation_that_is_switched_off_is_not_decided() -> None:
    assert deciding(listed(ALLOWS, operations=frozenset({Operation.UNLOCK}))) == []


def test_one_entry_may_decide_all() -> None:
    (one,) = deciding(listed("(A;;GA;;;AGENT)"))
    assert set(one[1]) == set(JUDGED)


def test_an_endless_list_is_cut_and_what_decides_is_kept() -> None:
    found = listed(*[OTHER] * (MOST_LISTED + 30), ALLOWS)
    assert deciding(found) == [(MOST_LISTED + 31, (Operation.RESET,))]
    assert len(found.entries) == MOST_LISTED + 1
    assert found.left_out == 30


def test_what_is_hidden_is_not_listed() -> None:
    hidden = replace(SUBJECT, descriptor=None)
    assert list_entries(hidden, EVERY, str) == listed_entries.NOTHING_LISTED
