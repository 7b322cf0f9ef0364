"""Self-service on the lab's domain: who is found and counted, and what is applied."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from agent.active_directory import users
from agent.self_service.eligibility import WhyNot
from lab.controller import Lab
from lab.demo.driver import Driver
from lab.sandbox import Sandbox, sandbox
from tests.integration.wizard.test_copy_in_window import window
from tests.integration.wizard.test_coverage import opened
from tests.integration.wizard.test_install import install
from wizard.checks.outcome import Outcome
from wizard.flow.pages.self_service import EXCEPTIONS, GROUPS, TWO
from wizard.flow.pages.self_service_roles import HELP_DESK
from wizard.inputs import Draft, SelfServiceDraft
from wizard.permissions.self_service_count import SelfServiceReach
from wizard.plan.change import StepFailed

KINDS = ("passkey", "totp", "email")


@pytest.fixture(scope="module")
def whole(
    clean_lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    with sandbox(clean_lab, tmp_path_factory.mktemp("self-service")) as made:
        yield made


def group(lab: Lab, name: str) -> str:
    return f"CN={name},OU=Groups,{lab.base_dn}"


def counted(whole: Sandbox, **lists: Any) -> SelfServiceReach:
    """Count as the page does in Customize: the account is made later."""
    settings = whole.settings(self_service=lists)
    return whole.controller.permissions.foresee_self_service(
        settings, whole.inputs, report=lambda _seen: None, stop=threading.Event()
    )


def resolved(whole: Sandbox, **named: tuple[str, ...]) -> Outcome:
    paths = {
        "groups": GROUPS,
        "exceptions": EXCEPTIONS,
        "two_proof": TWO,
        "help_desk": HELP_DESK,
    }
    lists = {paths[name]: entries for name, entries in named.items()}
    draft = Draft(
        directory=whole.settings().directory,
        self_service=SelfServiceDraft(lists, 2, KINDS),
    )
    stop = threading.Event()
    run = whole.controller.checks.run
    return run("self_service", draft, whole.inputs, stop, lambda _inspection: None)


def members(lab: Lab, name: str) -> set[str]:
    with opened(lab, "svc-existing") as directory:
        return {
            person["sam"]
            for person in lab.people.values()
            if users.in_group(directory, group(lab, name), person["dn"])
        }


def test_those_are_counted_who_are_in_the_groups_and_no_exception(
    whole: Sandbox,
) -> None:
    lab = whole.lab
    pilot, interns = members(lab, "Writeback pilot"), members(lab, "Berlin interns")
    berlin = members(lab, "Berlin staff")
    assert interns < berlin < pilot  # each is nested in the next
    found = counted(
        whole,
        who="groups",
        groups=[group(lab, "Writeback pilot")],
        exceptions=[group(lab, "Berlin interns")],
        two_proof_groups=[group(lab, "Berlin staff")],
    )

    assert found.eligible == len(pilot - interns)
    assert found.two_proof == len(berlin - interns)
    assert found.why_not[WhyNot.EXCEPTION] == len(interns)
    assert found.why_not[WhyNot.NO_MEMBER] == found.people - len(pilot)
    assert found.would_work == found.eligible


def test_for_everybody_it_comes_to_the_coverage_with_the_protected_apart(
    whole: Sandbox,
) -> None:
    permissions = whole.controller.permissions
    coverage = permissions.foresee(
        whole.settings(),
        whole.inputs,
        report=lambda _seen: None,
        stop=threading.Event(),
    )
    found = counted(whole, who="all")

    assert found.people == found.eligible == coverage.people
    assert found.would_work == coverage.would_work
    assert found.protected == 1  # Paula
    assert found.why_not == {}


def test_an_exception_that_is_gone_lets_nobody(whole: Sandbox) -> None:
    gone = group(whole.lab, "Nobody knows it")
    found = counted(whole, who="all", exceptions=[gone])

    assert (found.eligible, found.why_not) == (
        0,
        {WhyNot.UNKNOWN_ENTRY: found.people},
    )


def test_names_become_what_they_are_found_to_be(whole: Sandbox) -> None:
    lab = whole.lab
    anna = lab.people["anna"]
    found = resolved(
        whole,
        groups=("Writeback pilot", "CORP\\writeback PILOT", anna["upn"]),
        exceptions=(group(lab, "Berlin interns"),),
        help_desk=(anna["sam"],),
    )

    assert found.failed == ()
    pilot = group(lab, "Writeback pilot")
    assert found.values == {GROUPS: (pilot, anna["dn"]), HELP_DESK: (anna["dn"],)}
    count = len(members(lab, "Writeback pilot"))
    assert found.checks[0].detail == f"{pilot}: {count} people, nested members counted"


def test_who_is_not_found_is_refused_beside_its_field(whole: Sandbox) -> None:
    gone = group(whole.lab, "Gone")
    found = resolved(whole, groups=("Ofice (staff)",), two_proof=(gone,))

    assert [(row.field, row.detail, row.remedy) for row in found.failed] == [
        (GROUPS, "Nobody is named Ofice (staff).", "Check the name."),
        (TWO, f"Nobody is named {gone}.", "Check the name."),
    ]
    assert found.values == {}


def test_a_group_without_members_is_warned_of(whole: Sandbox) -> None:
    empty = f"CN=Print Operators,CN=Builtin,{whole.lab.base_dn}"
    found = resolved(whole, groups=(empty,))

    assert [row.detail for row in found.warnings] == [f"{empty} has no members."]


def test_settings_with_a_group_that_is_not_there_change_nothing(
    whole: Sandbox,
) -> None:
    gone = group(whole.lab, "Gone")
    settings = whole.settings(self_service={"who": "groups", "groups": [gone]})
    with pytest.raises(StepFailed, match="Nobody is named CN=Gone") as raised:
        whole.controller.changes.plan(settings, whole.inputs)

    assert "Nothing was changed." in str(raised.value)


def test_what_is_chosen_in_the_window_is_in_the_settings(
    fresh_lab: Lab, tmp_path: Any, qapp: object
) -> None:
    assert qapp
    pilot = group(fresh_lab, "Writeback pilot")
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole)
        with window(whole) as opened_window:
            driver = Driver(opened_window, tmp_path / "pictures", lambda _step: None)
            driver.go_on({"task": "self_service"}, to="self_service")
            page: Any = opened_window.page("self_service")
            opened_window.set_answers({"self_service.who": "groups"})
            wrong = {"self_service.groups": ("Writeback pilots",)}
            assert "Nobody is named Writeback pilots" in driver.refused(wrong, "gone")
            opened_window.set_answers({"self_service.groups": ("Writeback pilot",)})
            driver.wait(page.panel.sum_up.isVisible, "everybody is counted")
            number = len(members(fresh_lab, "Writeback pilot"))
            assert page.panel.sum_up.text().startswith(f"{number} of ")
            driver.go_on({"self_service.help.phone": "5555"}, to="review")
            driver.wait(lambda: bool(opened_window.session.changes), "the plan")
            changes = opened_window.session.changes
            (change,) = (each for each in changes if each.step == "settings")
            assert change.summary.startswith(
                "Turns self-service reset on in the settings file: self_service.who: "
                f"none becomes groups; self_service.groups: none becomes {pilot}"
            )
            driver.go_on(to="apply")
            driver.wait(lambda: opened_window.page_id() == "complete", "it is applied")
        found = whole.controller.installation.installed()
        assert found is not None
        made = found.settings.self_service
        assert (made.who, made.groups, made.help.phone) == ("groups", (pilot,), "5555")
        assert made.kinds == type(made)().kinds
