"""The first line of status: is it on, and does it work."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tests.fixtures.certificate_chain import issued
from tests.unit.wizard.answered import SETTINGS
from wire.printable import places
from wire.text import EMPTY, Text, verbatim
from wizard.cli.commands.status import status
from wizard.cli.output import (
    STATES,
    checks_text,
    finding,
    portal_details_text,
    status_text,
)
from wizard.controller.installation import at_a_glance
from wizard.health.headline import state_line
from wizard.host.interface import Service
from wizard.host.service_status import nobody_reached
from wizard.results import (
    AgentStatus,
    Check,
    EnrolledPortal,
    Installed,
    KeyAge,
    PortalDetails,
)
from wizard.translation import CHOICE

UP, DC = "connected", "connected: dc1.corp.test"
# begins as the word of a link that is up; the state is another
REFUSED = "connected once, and refused: 401"


def installed(relay: str, directory: str, *switches: bool) -> Installed:
    running, ready, writeback = switches or (True, False, True)
    status = AgentStatus(
        running=running,
        ready=ready,
        writeback=writeback,
        relay=verbatim(relay),
        directory=verbatim(directory),
        relay_connected=relay == UP,
        directory_connected=directory in (UP, DC),
        controller="dc1.corp.test" if directory == DC else "",
    )
    return Installed(SETTINGS, status, "7C1F 09AE")


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (
            installed(UP, DC, True, True, True),
            "is on: the relay link is up and dc1.corp.test answers.",
        ),
        (
            installed(UP, UP, True, True, True),
            "is on: the relay link is up and a domain controller answers.",
        ),
        (
            installed(UP, DC, True, True, False),
            "is off: requests are answered as paused.",
        ),
        (
            installed(UP, DC, False, False, True),
            "is on, but not ready: the agent does not run.",
        ),
        (
            installed(REFUSED, "connecting"),
            "is on, but not ready: connected once, and refused: 401; connecting.",
        ),
        (installed(UP, DC), "is on, but not ready: starting."),
    ],
)
def test_the_first_line_says_whether_it_works_and_what_does_not(
    shown: Installed, line: str
) -> None:
    assert state_line(shown.status) == f"Password writeback {line}"
    assert status_text(shown).splitlines()[0] == state_line(shown.status)


def test_rights_that_are_gone_are_told_first_and_end_with_4() -> None:
    up = installed(UP, DC, True, True, True)
    assert up.status.serving
    lost = {"state": "nobody", "looked": 7, "code": "permission_denied"}
    nobody = nobody_reached({"reach": lost})
    gone = replace(up, status=replace(up.status, nobody=nobody))
    first, *_, last = status_text(gone).splitlines()
    assert first.startswith("Password writeback is on, but nobody can be reset. Of 7 ")
    assert first.endswith(": The service account lacks a right on this person.")
    assert "writeback permissions check" in last
    assert not gone.status.serving


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        ({"state": "somebody", "looked": 1, "code": None}, ""),
        ({"state": "unknown"}, ""),
        (None, ""),
        ("nobody", ""),
        ({"state": "nobody"}, "there are no people in the scope"),
        ({"state": "nobody", "looked": 3, "code": "x\n"}, "there are no people"),
    ],
)
def test_what_the_agent_says_of_whom_it_reaches_is_read_with_care(
    reach: object, why: str
) -> None:
    assert nobody_reached({"reach": reach}).startswith(why)
    assert bool(nobody_reached({"reach": reach})) == bool(why)


def test_what_is_off_serves_nobody() -> None:
    assert not installed(UP, DC, True, True, False).status.serving


PORTAL = EnrolledPortal("https://portal.corp.test", "AB12 CD34")


def test_whom_the_directory_is_trusted_by_is_said_with_its_end() -> None:
    pem = issued("Corp CA").pem
    directory = SETTINGS.directory.model_copy(update={"ca_certificate": pem})
    settings = SETTINGS.model_copy(update={"directory": directory})
    text = status_text(replace(installed(UP, DC), settings=settings))
    assert "Trusted authority CN=Corp CA, good until " in text
    assert "Trusted authority" not in status_text(installed(UP, DC))


def test_the_portals_fingerprint_is_there_to_be_compared() -> None:
    text = status_text(replace(installed(UP, DC), portal=PORTAL))
    at = text.index("Compare the portal's own fingerprint with your portal:")
    lines = text[at:].splitlines()
    # the fingerprint stands before what a relay, or a portal, may have put in words
    assert lines[1].split() == ["Fingerprint", "AB12", "CD34"]
    assert lines[2].split() == ["Portal", "https://portal.corp.test"]
    given = PortalDetails("https://r.test/a", "a", "7C1F", PORTAL.issuer, "AB12 CD34")
    shown = portal_details_text(given).splitlines()
    assert shown[1].split() == ["Fingerprint", "7C1F"]
    assert "Compare" in shown[-2]
    assert shown[-1].split() == ["Fingerprint", "AB12", "CD34"]


def test_the_portal_is_told_to_programs() -> None:
    controller = SimpleNamespace(
        recovery=SimpleNamespace(find=lambda: None),
        installation=SimpleNamespace(
            installed=lambda: replace(installed(UP, DC), portal=PORTAL)
        ),
    )
    data = status(controller).data  # type: ignore[arg-type]
    assert data["portal"] == {"issuer": PORTAL.issuer, "fingerprint": "AB12 CD34"}


def test_the_links_are_told_with_what_the_agent_says_of_them() -> None:
    lines = status_text(installed(REFUSED, DC)).splitlines()
    relay = "https://relay.corp.test (connected once, and refused: 401)"
    assert f"{'Relay':<12} {relay}" in lines
    assert f"{'Domain':<12} corp.test (connected: dc1.corp.test)" in lines


def test_ages_of_keys_are_lined_up_and_say_what_is_due() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    keys = (
        KeyAge("signing_key", Text("Signing key"), since),
        KeyAge("shared", Text("Keys shared with the relay"), since, since),
    )
    shown = status_text(replace(installed(UP, DC), keys=keys)).splitlines()
    signing, shared = [line for line in shown if "since 2026-11-01" in line]
    assert signing.index("since") == shared.index("since")
    assert shared.endswith("the next due on 2026-11-01")


def test_a_row_without_a_detail_ends_with_its_title() -> None:
    rows = (Check("locked", Text("It is not locked"), "ok", EMPTY),)
    assert checks_text(rows) == "ok       It is not locked"


def test_a_frozen_agent_is_told_first_and_serves_nobody() -> None:
    found = at_a_glance(
        SETTINGS,
        Service(
            running=True,
            status={
                "ready": True,
                "relay": {"state": UP},
                "directory": {"state": UP, "controller": "dc1.corp.test"},
            },
            answers=False,
        ),
    )
    text = status_text(Installed(SETTINGS, found, "7C1F 09AE"))
    assert text.splitlines()[0] == (
        "Password writeback is on, but the agent does not answer."
    )
    assert UP not in text
    assert "writeback repair" in text
    assert not found.serving


def test_how_a_link_is_comes_in_words_that_are_translated() -> None:
    status = {
        "relay": {"state": "waiting", "reason": "no answer in time"},
        "directory": {"state": UP, "controller": "dc1.corp.test"},
    }
    found = at_a_glance(SETTINGS, Service(running=True, status=status, answers=True))
    assert (found.relay, found.directory) == ("waiting: no answer in time", DC)
    assert all(
        isinstance(each.fields["name"], Text) and each.fields["name"].template
        for each in (found.relay, found.directory)
    )


def test_states_line_up_where_signs_are_two_places_wide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(CHOICE, "ja")
    shown = [next(finding(state, "x")) for state in STATES]
    assert len({places(each) for each in shown}) == 1
