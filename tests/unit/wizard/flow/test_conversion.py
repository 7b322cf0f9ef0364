"""Answers to settings and back; problems beside their fields."""

from typing import Any

import pytest

from agent.config.settings import DomainController
from tests.unit.wizard.answered import CANARY, EXPRESS, SETTINGS
from wire.secret import Secret
from wizard.flow.conversion import (
    answers_of,
    cleared,
    directory_of,
    inputs_of,
    relay_of,
    settings_of,
)
from wizard.flow.defaults import (
    Offer,
    Offers,
    defaults,
    found_offers,
)
from wizard.flow.model import Answers
from wizard.flow.proposals import agent_name
from wizard.flow.route import page_at
from wizard.flow.validation import problems_of
from wizard.inputs import Inputs
from wizard.results import FoundDomain


def answers(**changes: Any) -> Answers:
    values = {key.replace("__", "."): value for key, value in changes.items()}
    return Answers().having({**defaults(), **EXPRESS, **values})


def problems(page: str, given: Answers) -> dict[str, str]:
    return {p.path: p.message for p in problems_of(page_at(page), given)}


def test_express_covers_the_whole_domain_with_writeback_on() -> None:
    settings = settings_of(answers())
    assert settings.scope.containers == ("DC=corp,DC=test",)
    assert settings.scope.pilot_group is None
    assert settings.features.password_writeback
    assert settings.identify_by == "userPrincipalName"
    assert settings.directory.controllers[0].address == "127.0.0.5"


def test_answers_of_pages_that_are_hidden_are_not_used() -> None:
    given = answers(
        scope__containers=("OU=Old,DC=corp,DC=test",), features__unlock=False
    )
    assert settings_of(given).scope.containers == ("DC=corp,DC=test",)
    assert settings_of(given).features.unlock
    custom = given.having({"mode": "custom"})
    assert settings_of(custom).scope.containers == ("OU=Old,DC=corp,DC=test",)
    assert not settings_of(custom).features.unlock


def test_settings_come_back_the_same() -> None:
    given = Answers({"task": "options"}, SETTINGS).having(answers_of(SETTINGS))
    assert settings_of(given.having({"task": "options"})) == SETTINGS


def test_turning_writeback_off_changes_nothing_else() -> None:
    given = Answers(installed=SETTINGS).having(
        {"task": "writeback", "features.password_writeback": False, "agent": "x"}
    )
    changed = settings_of(given)
    assert not changed.features.password_writeback
    features = SETTINGS.features.model_copy(update={"password_writeback": False})
    assert changed == SETTINGS.model_copy(update={"features": features})


def test_a_pilot_group_counts_only_when_it_is_chosen() -> None:
    group = "CN=Pilot,DC=corp,DC=test"
    given = answers(mode="custom", scope__containers=("DC=corp,DC=test",))
    given = given.having({"scope.pilot_group": group})
    assert settings_of(given).scope.pilot_group is None
    assert settings_of(given.having({"pilot": "group"})).scope.pilot_group == group


@pytest.mark.parametrize(
    ("page", "path", "value", "says"),
    [
        ("relay", "relay.url", "http://relay.corp.test", "must start with https://"),
        ("relay", "relay.url", "", "This is needed."),
        ("relay", "agent", "Sync 01", "must be 1 to 63"),
        ("relay", "input.enrolment_code", Secret("ABC"), "the enrolment code must"),
        ("relay", "input.enrolment_code", None, "This is needed."),
        ("directory", "directory.domain", "corp", "must be a full DNS name"),
        (
            "directory",
            "directory.controllers",
            (DomainController.model_construct(host="dc1", address=None),),
            "must be a full DNS name",
        ),
        ("directory", "directory.controllers", (), "This is needed."),
        ("directory", "directory.account.name", "a" * 21, "name must be at most 20"),
        ("directory", "directory.account.container", "Users", "must be a disting"),
        ("directory", "input.admin_password", Secret(""), "This is needed."),
        ("scope", "scope.containers", (), "This is needed."),
        ("features", "limits.proofs", 9, "must be 5 or less"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(
    page: str, path: str, value: Any, says: str
) -> None:
    given = answers(mode="custom").having({path: value})
    assert problems(page, given)[path].startswith(says)


def test_a_pilot_group_may_be_named_before_it_is_resolved() -> None:
    given = answers(mode="custom", pilot="group", scope__pilot_group="Pilot")
    assert problems("pilot", given) == {}
    wrong = given.having({"scope.pilot_group": "CN=Pilot,Groups"})
    assert "scope.pilot_group" in problems("pilot", wrong)


def test_a_page_tells_only_its_own_problems() -> None:
    given = answers(relay__url="nonsense", directory__domain="corp")
    assert set(problems(page="relay", given=given)) == {"relay.url"}
    assert problems("relay", answers()) == {}
    assert problems("directory", answers()) == {}


def test_reconfiguring_needs_no_code_and_no_administrator() -> None:
    given = Answers(installed=SETTINGS).having(answers_of(SETTINGS))
    given = given.having({"task": "options"})
    assert problems("relay", given) == {}
    assert problems("directory", given) == {}


def test_a_part_is_given_before_the_rest_is_answered() -> None:
    given = Answers().having({**defaults(), "relay.url": "https://relay.corp.test"})
    assert relay_of(given).url == "https://relay.corp.test"
    assert directory_of(answers()).domain == "corp.test"


def test_inputs_hold_what_was_given_and_nothing_after_it_was_used() -> None:
    given = answers().having({"input.proxy_password": Secret(CANARY)})
    inputs = inputs_of(given)
    assert inputs.admin
    assert inputs.admin.password == inputs.proxy_password == Secret(CANARY)
    assert inputs_of(cleared(given)) == Inputs()


def test_no_secret_shows_in_answers_or_settings() -> None:
    given = answers()
    assert CANARY not in repr(given) + repr(settings_of(given))


def test_names_are_proposed_in_the_form_the_relay_takes() -> None:
    assert agent_name("SYNC_01.corp.test") == "sync-01"
    assert agent_name("-") == "agent"


def test_a_found_domain_says_where_it_is_from() -> None:
    found = FoundDomain(
        "corp.test", (DomainController(host="dc1.corp.test"),), "from DNS"
    )
    offers = found_offers(found)
    assert offers.values["directory.domain"] == "corp.test"
    assert offers.source("directory.controllers") == "from DNS"


def test_an_offer_is_not_replaced_by_a_later_one() -> None:
    first = Offers((Offer("agent", "a", "first"),))
    both = first.and_also(Offers((Offer("agent", "b", "then"), Offer("x", 1, "then"))))
    assert both.values == {"agent": "a", "x": 1}
    assert both.source("agent") == "first"
