"""Why can't this person: each link says whether it holds, and what mends it."""

from typing import Any
from uuid import UUID

import pytest

from agent.config.settings import Settings
from agent.config.settings_file import validate
from agent.verdict.causes import CAUSES, Cause
from agent.verdict.membership import NO_MEMBERSHIP, Membership
from agent.verdict.verdict import OperationVerdict, State, Verdict
from tests.unit.agent.config.test_settings import GOOD
from tests.unit.wizard.ui.fake_permissions import verdict_of
from wire.text import Text
from wizard.permissions.self_service_chain import self_service_chain, stops
from wizard.results import Check

STAFF = "CN=Staff,OU=Groups,DC=corp,DC=test"
IN = Membership(group=STAFF)
LINKS = ["switch", "who", "registration", "methods", "scope", "verdict"]


def settings(features: dict[str, Any] | None = None, **more: Any) -> Settings:
    wished = {"who": "groups", "groups": [STAFF]} | more
    return validate(GOOD | {"self_service": wished, "features": features or {}})


def chain(
    wished: Settings,
    membership: Membership = IN,
    cause: Cause = Cause.NONE,
) -> dict[str, Check]:
    links = self_service_chain(wished, membership, verdict_of(1, cause))
    return {link.id.partition(".")[2]: link for link in links}


def states(links: dict[str, Check]) -> list[str]:
    return [link.state for link in links.values()]


def test_who_may_passes_every_link_but_what_the_portal_alone_knows() -> None:
    links = chain(settings())
    assert list(links) == LINKS
    assert states(links) == ["ok", "ok", "info", "ok", "ok", "ok"]
    assert "Only the portal knows" in links["registration"].detail
    assert "receipts" in links["registration"].detail
    assert not stops(tuple(links.values()))
    loose = chain(settings(receipts="accepted"))
    assert "receipts" not in loose["registration"].detail


def test_where_it_is_for_nobody_that_alone_is_said() -> None:
    links = chain(validate(GOOD))
    assert list(links) == ["switch"]
    assert states(links) == ["info"]
    assert stops(tuple(links.values()))


@pytest.mark.parametrize(
    ("features", "operations", "word"),
    [
        ({"password_writeback": False}, {}, "writeback is off"),
        ({}, {"reset": False}, "operations.reset"),
    ],
)
def test_a_switch_that_is_off_says_which(
    features: dict[str, Any], operations: dict[str, Any], word: str
) -> None:
    links = chain(settings(features, operations=operations))
    assert links["switch"].state == "failed"
    assert word in links["switch"].detail
    assert links["switch"].remedy


@pytest.mark.parametrize(
    ("membership", "word"),
    [
        (NO_MEMBERSHIP, "none of the groups"),
        (Membership(group=STAFF, exception="CN=Kiosk"), "CN=Kiosk"),
        (Membership(group=STAFF, unknown="CN=Gone"), "CN=Gone"),
    ],
)
def test_who_may_not_is_told_by_which_entry(membership: Membership, word: str) -> None:
    links = chain(settings(), membership)
    assert links["who"].state == "failed"
    assert word in links["who"].detail
    assert links["who"].remedy
    # what follows is said all the same: one call mends all of it
    assert list(links) == LINKS


def test_two_are_asked_of_who_always_needs_two() -> None:
    wished = settings(proofs=1, two_proof_groups=[STAFF])
    both = Membership(group=STAFF, two_proof=STAFF)
    assert "1 verification method is asked for" in chain(wished)["methods"].detail
    strict = chain(wished, both)["methods"].detail
    assert "2 different verification methods" in strict
    assert "always asked" in strict
    assert "sms" not in strict
    assert "registration code" in chain(wished, both)["registration"].remedy
    assert "registration code" not in chain(wished)["registration"].remedy


def test_who_registers_in_networks_alone_is_told_so() -> None:
    own = {"allowed_from": "networks", "networks": ["10.0.0.0/8"]}
    remedy = chain(settings(registration=own))["registration"].remedy
    assert "networks in the settings, or with a registration code" in remedy


@pytest.mark.parametrize("cause", [Cause.OUTSIDE, Cause.DENY_LIST])
def test_who_is_beyond_the_scope_has_no_verdict_beside_it(cause: Cause) -> None:
    text = CAUSES[cause]
    shown_by = Text("{entry} is on it", entry="CN=Board")
    no = OperationVerdict(State.NO, text.code, cause, shown_by, text.remedy)
    verdict = Verdict("CN=Anna", UUID(int=1), no, no, no, no)
    found = self_service_chain(settings(), IN, verdict)
    links = {link.id.partition(".")[2]: link for link in found}
    assert list(links) == LINKS[:-1]
    assert links["scope"].state == "failed"
    assert links["scope"].remedy


@pytest.mark.parametrize("cause", [Cause.DISABLED, Cause.NOT_GRANTED, Cause.PROTECTED])
def test_the_last_link_is_the_verdict_itself(cause: Cause) -> None:
    links = chain(settings(), cause=cause)
    verdict = verdict_of(1, cause).reset
    assert links["verdict"].state == "failed"
    assert verdict.shown_by in links["verdict"].detail
    assert links["verdict"].remedy == verdict.remedy
