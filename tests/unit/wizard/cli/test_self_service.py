"""`writeback self-service`: what is decided of it, and the chain of one person."""

import json
from typing import Any, cast
from uuid import UUID

import pytest

from agent.config.settings import Settings
from agent.config.settings_file import validate
from agent.verdict.causes import Cause
from agent.verdict.membership import NO_MEMBERSHIP, Membership
from tests.unit.agent.config.test_settings import GOOD
from tests.unit.wizard.ui.fake_permissions import FakePermissions
from wizard.cli.commands import permissions as explaining
from wizard.cli.commands.self_service import check, shown
from wizard.cli.errors import BadUsage
from wizard.cli.output import Exit, Result
from wizard.controller.permissions import Permissions
from wizard.inputs import Inputs

STAFF = "CN=Staff,OU=Groups,DC=corp,DC=test"
GUID = str(UUID(int=8))
WISHED: dict[str, Any] = {
    "who": "groups",
    "groups": [STAFF],
    "banned_words": ["contoso"],
    "help": {"text": "Service desk", "phone": "5555"},
}


def settings(**more: Any) -> Settings:
    return validate(GOOD | {"self_service": WISHED | more})


def checked(wished: Settings, membership: Membership, **more: Any) -> Result:
    fake = FakePermissions(membership=membership, **more)
    part = cast("Permissions", fake)
    return check(part, wished, Inputs(), "objectGUID", GUID)


def test_what_the_settings_say_is_shown_and_no_banned_word() -> None:
    result = shown(settings())
    assert STAFF in result.text
    assert "Service desk, 5555" in result.text
    assert "required" in result.text
    assert result.data["self_service"]["banned_words"] == 1
    assert "contoso" not in f"{result.text}{json.dumps(result.data)}"


def test_that_it_is_for_nobody_is_a_sentence() -> None:
    assert "for nobody" in shown(validate(GOOD)).text


def test_each_link_is_a_row_with_what_to_do() -> None:
    result = checked(settings(), NO_MEMBERSHIP)
    assert result.code is Exit.FINDINGS
    links = {link["id"]: link for link in result.data["self_service"]}
    who = links["self_service.who"]
    assert who["state"] == "failed"
    assert who["detail"] in result.text
    assert who["remedy"] in result.text
    assert json.dumps(result.data)


def test_who_may_ends_well_though_the_portal_knows_the_rest() -> None:
    result = checked(settings(), Membership(group=STAFF))
    assert result.code is Exit.DONE
    assert "Only the portal knows" in result.text


def test_off_is_a_finding_of_a_check() -> None:
    assert checked(validate(GOOD), NO_MEMBERSHIP).code is Exit.FINDINGS


def test_nobody_of_that_name_is_bad_usage() -> None:
    with pytest.raises(BadUsage):
        checked(settings(), NO_MEMBERSHIP, gone=frozenset({7}))


def test_the_explanation_of_one_person_ends_with_the_chain() -> None:
    fake = FakePermissions(membership=Membership(group=STAFF, exception="CN=Kiosk"))
    part = cast("Permissions", fake)
    result = explaining.explain(part, settings(), Inputs(), "objectGUID", GUID)
    # a reset by a portal of another kind would work, and so says the verdict
    assert result.code is Exit.DONE
    assert "CN=Kiosk" in result.text
    assert [link["id"] for link in result.data["self_service"]][:2] == [
        "self_service.switch",
        "self_service.who",
    ]


def test_a_verdict_that_fails_stops_it() -> None:
    ungranted = {Cause.NOT_GRANTED: 1}
    result = checked(settings(), Membership(group=STAFF), everybody=ungranted)
    assert result.code is Exit.FINDINGS
    assert result.data["self_service"][-1]["state"] == "failed"
