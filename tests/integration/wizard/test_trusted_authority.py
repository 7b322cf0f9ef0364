"""A controller whose certificate authority this machine does not know, and then does.

The lab's authority is in no trust store here, and no setting names its file: the
certificate in the settings is all that vouches for the controller.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config.settings import DirectorySettings, DomainController, Settings
from agent.ldap.authority import authority_facts
from agent.ldap.errors import Untrusted
from lab.authority import make_authority
from lab.controller import Lab
from lab.sandbox import CANARY, Sandbox, sandbox
from tests.integration.wizard.test_install import change, code_for, ok
from wire.secret import Secret
from wizard.checks.outcome import Outcome
from wizard.directory.sign_in import as_admin
from wizard.inputs import Draft, Inputs
from wizard.plan.change import Context, allow_all


@pytest.fixture(scope="module")
def whole(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    lab.reset()
    with sandbox(lab, tmp_path_factory.mktemp("stage")) as made:
        yield made


def trusting(whole: Sandbox, authority: str | None, **more: Any) -> Settings:
    """Settings whose directory is vouched for by one certificate, or by nobody."""
    plain = whole.settings().directory.model_dump(mode="json")
    ways = {"ca": None, "ca_certificate": authority}
    return whole.settings(directory=plain | ways | more)


def look(whole: Sandbox, directory: DirectorySettings) -> Outcome:
    stop, draft = threading.Event(), Draft(directory=directory)
    checks = whole.controller.checks
    return checks.run("controllers", draft, Inputs(), stop, lambda _so_far: None)


def offered(outcome: Outcome) -> str:
    assert outcome.inspection
    offer = outcome.inspection.controllers[0].offer
    assert offer
    assert offer.distrust == ""
    return offer.pem


def signed_in(whole: Sandbox, settings: Settings) -> bool:
    context = Context(whole.host, whole.inputs, allow_all)
    with as_admin(settings.directory, context) as opened:
        return bool(opened.root())


def test_what_the_controller_sent_is_offered_and_lets_it_in(whole: Sandbox) -> None:
    """Samba sends its own certificate alone: it is what can be offered."""
    refused = look(whole, trusting(whole, None).directory)
    pem = offered(refused)
    host = whole.lab.host

    assert [row.id for row in refused.failed] == [f"{host}/certificate"]
    assert authority_facts(pem).subject == f"CN={host}"
    assert look(whole, trusting(whole, pem).directory).failed == ()
    assert signed_in(whole, trusting(whole, pem))


def test_the_authority_lets_in_and_another_of_its_name_does_not(
    whole: Sandbox, tmp_path: Path
) -> None:
    settings = trusting(whole, whole.lab.ca.read_text())
    assert look(whole, settings.directory).failed == ()
    assert signed_in(whole, settings)

    twin = make_authority(tmp_path / "twin").certificate.read_text()
    own, other = (authority_facts(each) for each in (whole.lab.ca.read_text(), twin))
    assert own.subject == other.subject
    with pytest.raises(Untrusted):
        signed_in(whole, trusting(whole, twin))


def test_the_name_is_checked_all_the_same(whole: Sandbox) -> None:
    other = DomainController(host="dc9.corp.test", address=whole.lab.address)
    directory = trusting(whole, whole.lab.ca.read_text()).directory
    outcome = look(whole, directory.model_copy(update={"controllers": (other,)}))
    (row,) = outcome.failed
    assert "Hostname mismatch" in row.detail
    assert outcome.inspection
    assert outcome.inspection.controllers[0].offer is None


def test_an_installation_lives_by_it_and_is_undone_with_it(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = trusting(whole, whole.lab.ca.read_text())
        change(whole, settings, whole.inputs)

        assert ok(whole, settings)
        assert "ca_certificate: |" in whole.host.places.settings.read_text()
        assert code_for(whole, "anna", Secret(CANARY)) == "ok"
        rows = {row.id: row for row in whole.verified(settings)}
        assert rows["authority"].detail.startswith("CN=Writeback lab CA, good until")
        (seen,) = whole.controller.health.certificates()
        assert (seen.distrust, seen.trouble) == ("", "")

        without = trusting(whole, None)
        with pytest.raises(Untrusted):
            change(whole, without, whole.inputs)
        assert whole.controller.installation.installed()
        assert ok(whole, settings)
