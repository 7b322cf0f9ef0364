"""What may be done to people is counted, with an example; unknown is never fine."""

from dataclasses import replace
from typing import Any

import pytest

from agent.acl.ace import UnknownAce
from agent.acl.descriptor import SecurityDescriptor, with_dacl
from agent.acl.rights import USER
from tests.fixtures.sddl_text import NAMES, descriptor, sids
from wizard.permissions.findings import Finding, Level
from wizard.permissions.held_rights import HeldRight, ask
from wizard.permissions.user_rights import Person, UserRights, of_excluded, of_pilot

TOKEN = sids("AGENT", "GROUP", "WD", "AU")
AGENT = NAMES["AGENT"]
PERSON = Person("CN=Ada", None, frozenset({USER}), inside=True, marked=False)


def rights_over(*people: Person) -> UserRights:
    rights = UserRights(TOKEN)
    for person in people:
        rights.add(person)
    return rights


def findings(rights: UserRights) -> dict[str, Finding]:
    return {each.id: each for each in rights.findings(str)}


def person(secured: SecurityDescriptor, **changed: object) -> Person:
    return replace(PERSON, descriptor=secured.to_bytes(), **changed)  # type: ignore[arg-type]


GRANTS = "(OA;;CR;reset;;AGENT)(OA;;WP;lockout;;AGENT)(OA;;WP;pwdlast;;GROUP)"
OURS = descriptor(f"{GRANTS}(A;;RP;;;AU)")


def test_people_with_the_three_rights_alone_are_fine() -> None:
    rights = rights_over(person(OURS), person(descriptor("(A;;RC;;;AU)"), inside=False))

    assert {key: each.level for key, each in findings(rights).items()} == {
        "excess/people": Level.OK,
        "outside/people": Level.OK,
        "protected/people": Level.OK,
    }
    assert rights.holders == sids("AGENT", "GROUP")


def test_people_outside_the_scope_are_counted_with_the_first_as_example() -> None:
    people = (person(OURS, inside=False, dn=f"CN={number}") for number in range(3))
    found = findings(rights_over(*people))

    assert found["outside/reset_password"].title == (
        "It may reset the passwords of 3 people outside the scope"
    )
    assert found["outside/reset_password"].level is Level.WARNING
    assert found["outside/reset_password"].shown_by == (
        f"CN=0: Allows {AGENT} to reset the password"
    )
    assert "outside/write_lockout_time" in found
    assert "outside/write_pwd_last_set" in found
    assert "outside/people" not in found


def test_control_over_people_is_told_inside_the_scope_and_outside() -> None:
    secured = descriptor("(A;;WD;;;AGENT)")
    found = findings(rights_over(person(secured), person(secured, inside=False)))

    assert found["excess/write_dacl/people"].title == (
        "It may change the permissions of 2 people"
    )
    assert found["excess/write_dacl/people"].level is Level.PROBLEM


def test_full_control_over_people_is_told_once() -> None:
    found = findings(rights_over(person(descriptor("(A;;GA;;;AGENT)"))))

    assert [key for key in found if key.startswith("excess/")] == [
        "excess/full_control/people"
    ]


@pytest.mark.parametrize("inside", [True, False])
def test_a_protected_account_is_told_wherever_it_is(*, inside: bool) -> None:
    found = findings(rights_over(person(OURS, marked=True, inside=inside)))

    assert found["protected/reset_password"].level is Level.PROBLEM


def test_a_mark_that_may_be_hidden_is_not_called_fine() -> None:
    found = findings(rights_over(person(OURS), person(descriptor(GRANTS), dn="CN=Bob")))

    assert "protected/people" not in found
    assert not found["people/unmarked"].known
    assert found["people/unmarked"].shown_by.startswith("CN=Bob: adminCount")
    assert found["excess/people"].level is Level.OK


def test_hidden_people_are_told_and_nobody_is_called_fine() -> None:
    found = findings(
        rights_over(PERSON, replace(PERSON, descriptor=b"junk"), person(OURS))
    )

    assert list(found) == ["people/hidden"]
    assert found["people/hidden"].title == "Not known: what it may do to 2 people"


def test_undecided_people_are_told_with_the_entry() -> None:
    secured = with_dacl(descriptor(""), (UnknownAce(bytes((4, 0, 8, 0, 0, 0, 0, 0))),))
    found = findings(rights_over(person(secured)))

    assert list(found) == ["people/undecided"]
    assert found["people/undecided"].title == "Not known: a right over 1 person"
    assert not found["people/undecided"].known


def test_a_stop_leaves_the_rest_not_known_and_tells_what_was_seen() -> None:
    rights = rights_over(person(OURS, inside=False))
    rights.stopped = True
    found = findings(rights)

    assert found["people/stopped"].shown_by == "stopped after 1 person"
    assert "outside/reset_password" in found
    assert "excess/people" not in found


def test_equal_descriptors_are_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decided: list[SecurityDescriptor] = []

    def counted(descriptor: SecurityDescriptor, *more: Any) -> tuple[HeldRight, ...]:
        decided.append(descriptor)
        return ask(descriptor, *more)

    monkeypatch.setattr("wizard.permissions.rights_tally.ask", counted)

    rights_over(*(person(OURS, dn=f"CN={number}") for number in range(50)))

    assert decided == [OURS]


def test_people_beside_the_pilot_group_are_information() -> None:
    everybody = rights_over(*(person(OURS, dn=f"CN={number}") for number in range(5)))
    pilot = rights_over(person(OURS), person(OURS))
    found = of_pilot(everybody, pilot, "CN=Pilot")

    assert (found.id, found.level) == ("outside/pilot", Level.INFO)
    assert found.title == (
        "It may reset the passwords of 3 people beside the pilot group"
    )
    pilot.stopped = True
    assert not of_pilot(everybody, pilot, "CN=Pilot").known


INHERITED = descriptor("(OA;ID;CR;reset;;AGENT)(A;ID;RP;;;AU)")


def with_sdprop(*people: Person) -> UserRights:
    rights = UserRights(TOKEN, stamped=True)
    for each in people:
        rights.add(each)
    return rights


def test_a_protected_person_who_inherits_the_right_waits_for_sdprop() -> None:
    found = findings(with_sdprop(person(INHERITED, protected=True, dn="CN=Eve")))

    finding = found["protected/waiting"]
    assert finding.level is Level.INFO
    assert finding.title == "SDProp has yet to take the right from 1 protected person"
    assert "CN=Eve: Allows " in finding.shown_by
    assert "within 60 minutes" in finding.remedy
    assert "protected/reset_password" not in found
    assert "protected/people" not in found
    assert found["excess/people"].level is Level.OK


def test_nobody_waits_where_there_is_no_sdprop() -> None:
    found = findings(rights_over(person(INHERITED, protected=True)))

    assert found["protected/reset_password"].level is Level.PROBLEM
    assert "protected/waiting" not in found


def test_what_sdprop_does_not_take_away_is_wrong_at_once() -> None:
    """An entry of the person's own: of somebody stamped already, by hand."""
    found = findings(with_sdprop(person(OURS, protected=True, marked=True)))

    assert found["protected/reset_password"].level is Level.PROBLEM


def test_a_mark_that_was_left_on_somebody_who_inherits_protects_nobody() -> None:
    """As the verdict has it: adminCount counts only where inheritance is off."""
    found = findings(with_sdprop(person(INHERITED, marked=True)))

    assert found["protected/people"].level is Level.OK


def test_people_in_excluded_containers_are_information_and_no_excess() -> None:
    rights = rights_over(person(OURS, inside=False, excluded=True))

    assert findings(rights)["outside/people"].level is Level.OK
    told = of_excluded(rights)
    assert (told.id, told.level) == ("outside/excluded", Level.INFO)
    assert "1 person in excluded containers" in told.title
    assert "refuses" in told.remedy
    assert not rights.holders
    assert not of_excluded(rights_over()).remedy
    rights.stopped = True
    assert not of_excluded(rights).known
