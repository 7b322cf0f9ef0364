"""The files that make the system's bus, polkit and systemd know the service."""

import configparser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.unit.wizard.elevation.bus import POLICY, SERVICE_FILE, SHIPPED
from wizard.elevation.codec import MEMBERS, NAME
from wizard.elevation.dbus import polkit
from wizard.elevation.methods import NAMES, method_of

ACTIONS = SHIPPED / "usr/share/polkit-1/actions/org.writeback.setup1.policy"
UNIT = SHIPPED / "usr/lib/systemd/system/writeback-setup.service"


def parsed(file: Path) -> ET.Element:
    return ET.fromstring(file.read_text())  # noqa: S314 - our own file


def test_each_action_needs_an_administrator_whoever_asks_from_wherever() -> None:
    found = {action.get("id"): action for action in parsed(ACTIONS).iter("action")}
    asked = {polkit.ACTIONS[method_of(name).action] for name in NAMES}
    assert set(found) == asked == {polkit.ACTIONS[each] for each in MEMBERS.values()}
    for action in found.values():
        defaults = {rule.tag: rule.text for rule in action.iterfind("defaults/*")}
        assert defaults == {
            "allow_any": "auth_admin",
            "allow_inactive": "auth_admin",
            "allow_active": "auth_admin_keep",
        }
        assert (action.findtext("message") or "").startswith("Authentication is")


def test_only_root_may_be_the_service() -> None:
    owning = [
        (policy.attrib, rule.attrib)
        for policy in parsed(POLICY).iter("policy")
        for rule in policy
        if "own" in rule.attrib
    ]
    assert owning == [({"user": "root"}, {"own": NAME})]


@pytest.mark.parametrize(
    "starter", [(SERVICE_FILE, "D-BUS Service"), (UNIT, "Service")]
)
def test_the_bus_and_systemd_start_one_program_as_root(
    starter: tuple[Path, str],
) -> None:
    file, section = starter
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(file.read_text())
    found = dict(parser[section])
    program = found.get("Exec") or found["ExecStart"]
    assert program == "/usr/lib/writeback-agent/writeback-setupd"
    assert found["User"] == "root"
    assert (found.get("Name") or found["BusName"]) == NAME
    assert found.get("SystemdService", UNIT.name) == UNIT.name
