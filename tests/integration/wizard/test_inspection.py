"""Wrong answers are found on the page that asks for them, with the field and why."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.config.settings import (
    AccountSettings,
    DirectorySettings,
    DomainController,
    Relay,
)
from lab.controller import Lab
from lab.sandbox import Sandbox, sandbox
from wire.enrolment_code import EnrolmentCode
from wire.secret import Secret
from wizard.checks.outcome import Outcome
from wizard.inputs import AdminCredentials, Draft, Inputs
from wizard.results import Check


@pytest.fixture(scope="module")
def whole(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    lab.reset()
    with sandbox(lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def directory(whole: Sandbox, **changed: Any) -> DirectorySettings:
    return whole.settings().directory.model_copy(update=changed)


def check(
    whole: Sandbox, settings: DirectorySettings, inputs: Inputs | None = None
) -> tuple[Check, ...]:
    return run(whole, "account", Draft(directory=settings), inputs).checks


def run(
    whole: Sandbox, name: str, draft: Draft, inputs: Inputs | None = None
) -> Outcome:
    stop = threading.Event()
    checks = whole.controller.checks
    return checks.run(name, draft, inputs or whole.inputs, stop, lambda _so_far: None)


def check_relay(whole: Sandbox, relay: Relay, code: str) -> tuple[Check, ...]:
    inputs = Inputs(enrolment_code=Secret(code))
    return run(whole, "relay", Draft(relay), inputs).checks


def failed(rows: tuple[Check, ...]) -> Check:
    (row,) = [row for row in rows if row.state == "failed"]
    return row


def existing(whole: Sandbox, name: str) -> tuple[DirectorySettings, Inputs]:
    account = whole.lab.accounts[name]
    named = AccountSettings(kind="existing", name=account["upn"])
    inputs = Inputs(account_password=Secret(account["password"]))
    return directory(whole, account=named), inputs


def test_an_administrator_and_a_new_account_pass(whole: Sandbox) -> None:
    rows = check(whole, directory(whole))

    assert {row.state for row in rows} == {"ok"}
    assert {"sign-in", "account/name"} < {row.id for row in rows}


def test_a_controller_tells_a_stranger_what_the_list_shows(whole: Sandbox) -> None:
    outcome = run(whole, "controllers", Draft(directory=directory(whole)), Inputs())
    assert outcome.inspection is not None
    (facts,) = outcome.inspection.controllers

    assert facts.state == "ok"
    assert facts.hints == "2239"
    assert facts.signed_in_as == ""
    assert facts.clock_offset_s is not None
    assert facts.ms is not None


def test_a_controller_of_another_name_is_told_by_its_certificate(
    whole: Sandbox,
) -> None:
    other = DomainController(host="dc9.corp.test", address=whole.lab.address)
    row = failed(check(whole, directory(whole, controllers=(other,))))

    assert row.field == "directory.controllers"
    assert "Hostname mismatch" in row.detail
    assert "CN=dc1.corp.test" in row.more


def test_an_untrusted_certificate_shows_its_chain(whole: Sandbox) -> None:
    row = failed(check(whole, directory(whole, ca=None)))

    assert row.field == "directory.ca_certificate"
    assert "issued by CN=Writeback lab CA" in row.more
    assert "SHA-256" in row.more


def test_a_port_that_is_closed_is_told(whole: Sandbox) -> None:
    row = failed(check(whole, directory(whole, port=635)))

    assert "port 635" in row.detail


def test_a_wrong_password_is_tried_once_only(whole: Sandbox) -> None:
    wrong = AdminCredentials(whole.lab.admin_user, Secret("Not-The-Password-1"))
    two = whole.settings().directory.controllers * 2
    rows = check(whole, directory(whole, controllers=two), Inputs(admin=wrong))

    assert failed(rows).field == "input.admin_password"
    assert sum(row.id.endswith("/sign-in") for row in rows) == 1


def test_a_controller_that_hangs_ends_in_time(lab: Lab, whole: Sandbox) -> None:
    lab.pause()
    try:
        rows = check(whole, directory(whole))
    finally:
        lab.resume()

    assert failed(rows).id == "dc1.corp.test/certificate"


def test_an_account_that_can_not_do_it_is_refused_by_right(whole: Sandbox) -> None:
    rows = check(whole, *existing(whole, "svc-weak"))
    refused = [row for row in rows if row.state == "failed"]

    assert len(refused) == 3
    assert {row.field for row in refused} == {"directory.account.name"}


def test_an_account_that_can_do_it_passes(whole: Sandbox) -> None:
    rows = check(whole, *existing(whole, "svc-existing"))

    assert not any(row.state == "failed" for row in rows)


def test_everybody_counts_for_the_rights_of_an_account(whole: Sandbox) -> None:
    rows = check(whole, *existing(whole, "svc-existing"))

    (row,) = [row for row in rows if row.id == "account/right/RESET_PASSWORD"]
    held, people = re.match(r"For (\d+) of (\d+) people\.", row.detail).groups()  # type: ignore[union-attr]
    assert 50 < int(held) < int(people)
    assert row.state == "warning"


def test_an_administrator_as_the_agents_account_is_warned_of(whole: Sandbox) -> None:
    named = AccountSettings(kind="existing", name=whole.lab.admin_user)
    inputs = Inputs(account_password=Secret(whole.lab.admin_password))
    rows = check(whole, directory(whole, account=named), inputs)

    (row,) = [row for row in rows if row.state == "warning"]
    assert "Administrators" in row.detail


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "svc-existing"}, "directory.account.name"),
        ({"container": "OU=Nowhere,DC=corp,DC=test"}, "directory.account.container"),
    ],
)
def test_a_new_account_that_can_not_be_made_is_told_where(
    whole: Sandbox, changed: dict[str, str], field: str
) -> None:
    account = whole.settings().directory.account.model_copy(update=changed)

    assert failed(check(whole, directory(whole, account=account))).field == field


def test_an_empty_scope_is_refused(whole: Sandbox) -> None:
    groups = (f"OU=Groups,{whole.lab.base_dn}",)
    draft = Draft(directory=directory(whole), containers=groups)

    assert failed(run(whole, "scope", draft).checks).field == "scope.containers"


def test_nested_members_of_a_pilot_group_count(whole: Sandbox) -> None:
    draft = Draft(directory=directory(whole), group="Writeback pilot")
    found = run(whole, "group", draft)
    missing = run(whole, "group", replace(draft, group="No such group"))

    dn = f"CN=Writeback pilot,OU=Groups,{whole.lab.base_dn}"
    (row,) = found.checks
    assert (row.state, found.values) == ("ok", {"scope.pilot_group": dn})
    assert "11 people" in row.detail
    assert failed(missing.checks).field == "scope.pilot_group"
    assert missing.values == {}
    assert run(whole, "group", replace(draft, group="")) == Outcome(())


def test_people_who_share_an_identifier_are_named(whole: Sandbox) -> None:
    people = (f"OU=People,{whole.lab.base_dn}",)
    draft = Draft(None, directory(whole), people, "mail")
    rows = run(whole, "identifier", draft).checks

    assert [row.state for row in rows] == ["warning"]
    assert "2 people share it" in rows[0].detail


def test_a_relay_with_an_open_code_passes(whole: Sandbox) -> None:
    rows = check_relay(whole, whole.settings().relay, whole.relay.code())

    assert {row.state for row in rows} == {"ok"}
    assert len(rows) == 7


@pytest.mark.parametrize(
    ("code", "wording"),
    [
        ("ABCDE", "56 letters"),
        (EnrolmentCode(bytes(16), bytes(16)).text, "does not know the code"),
    ],
)
def test_a_wrong_code_is_told_beside_its_field(
    whole: Sandbox, code: str, wording: str
) -> None:
    row = failed(check_relay(whole, whole.settings().relay, code))

    assert (row.id, row.field) == ("code", "input.enrolment_code")
    assert wording in row.detail


def test_an_untrusted_relay_shows_its_chain(whole: Sandbox) -> None:
    relay = Relay(url=whole.relay.url)
    row = failed(check_relay(whole, relay, whole.relay.code()))

    assert (row.id, row.field) == ("certificate", "relay.ca")
    assert "CN=relay.corp.test" in row.more


def test_what_is_no_relay_is_told(whole: Sandbox) -> None:
    relay = Relay(url=f"https://{whole.lab.address}:636", ca=str(whole.lab.ca))
    row = failed(check_relay(whole, relay, whole.relay.code()))

    assert (row.id, row.field) == ("answer", "relay.url")


def test_a_used_code_says_by_which_agent(lab: Lab, tmp_path: Path) -> None:
    with sandbox(lab, tmp_path / "stage") as other:
        inputs, settings = other.inputs, other.settings()
        plan = other.controller.changes.plan(settings, inputs)
        stop = threading.Event()
        other.controller.changes.apply(plan, inputs, lambda _: None, stop)
        assert inputs.enrolment_code is not None
        row = failed(check_relay(other, settings.relay, inputs.enrolment_code.reveal()))

        assert row.field == "input.enrolment_code"
        assert "was used by srv1 at 20" in row.detail
