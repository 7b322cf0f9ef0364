"""After a roll-back it is said that a code is used up, and who makes a new one."""

from wire.text import EMPTY, Text
from wizard.enrolment.used_code import NEW_CODE, code_after
from wizard.plan.change import Change


def change(step: str) -> Change:
    return Change(step, Text("Does a thing"), None, {})


ENROLS, SETTINGS, KEYS = change("enrolment"), change("settings"), change("keys")


def test_an_enrolment_that_was_followed_by_more_has_used_its_code() -> None:
    said = code_after((SETTINGS, ENROLS, KEYS))
    assert said.startswith("The enrolment code stays used")
    assert said.endswith(NEW_CODE)


def test_of_one_that_failed_or_was_cut_off_it_is_not_known() -> None:
    said = code_after((ENROLS, KEYS))
    assert "where the relay took it" in said
    assert said.endswith(NEW_CODE)


def test_without_an_enrolment_there_is_nothing_to_say() -> None:
    withdraws = Change("enrolment", Text("Withdraws"), {"text": ""}, None)
    for undone in ((), (KEYS,), (SETTINGS, withdraws)):
        assert code_after(undone) == EMPTY


def test_both_owners_are_named() -> None:
    assert "writeback-relay code" in NEW_CODE
    assert "portal's owner" in NEW_CODE
