"""Problems, each beside its field."""

from typing import Any

import pytest

from agent.config.settings import DomainController
from tests.unit.wizard.answered import SETTINGS, express
from wire.secret import Secret
from wizard.flow.conversion import answers_of
from wizard.flow.model import Answers
from wizard.flow.pages.order import PAGES
from wizard.flow.validation import problems_of, self_service_problems


def problems(page: str, answers: Answers) -> dict[str, str]:
    asked = next(each for each in PAGES if each.id == page)
    return {p.path: p.message for p in problems_of(asked, answers)}


@pytest.mark.parametrize(
    ("page", "path", "value", "says"),
    [
        ("relay", "relay.url", "http://relay.corp.test", "must start with https://"),
        ("relay", "relay.url", "", "This is needed."),
        ("relay", "relay.url", "   ", "This is needed."),
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
        ("account", "directory.account.name", "a" * 21, "name must be at most 20"),
        ("account", "directory.account.container", "Users", "must be a disting"),
        ("account", "input.admin_password", Secret(""), "This is needed."),
        ("account", "input.admin_user", " ", "This is needed."),
        ("account", "input.admin_user", "a\x07b", "must have no control"),
        ("account", "input.admin_user", "ab\u202ecd", "must have no control"),
        ("account", "input.admin_user", "a" * 257, "must have 256 characters or"),
        ("account", "directory.account.name", "ab\u202ecd", "name must have no con"),
        ("account", "directory.account.container", " ", "This is needed."),
        ("scope", "scope.containers", (), "This is needed."),
        ("features", "limits.proofs", 9, "must be 5 or less"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(
    page: str, path: str, value: Any, says: str
) -> None:
    answers = express(mode="custom").having({path: value})
    assert problems(page, answers)[path].startswith(says)


def test_a_pilot_group_may_be_named_before_it_is_resolved() -> None:
    answers = express(mode="custom", pilot="group", scope__pilot_group="Pilot")
    assert problems("pilot", answers) == {}
    wrong = answers.having({"scope.pilot_group": "CN=Pilot,Groups"})
    assert "scope.pilot_group" in problems("pilot", wrong)


def self_service(**more: Any) -> Answers:
    given = {f"self_service.{name}": value for name, value in more.items()}
    return express(mode="custom").having(given)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"who": "groups"}, "groups"),
        ({"who": "groups", "groups": ("CN=Staff,Groups",)}, "groups"),
        ({"who": "all", "kinds": ()}, "kinds"),
        ({"who": "all", "kinds": ("sms",)}, "proofs"),
        ({"who": "all", "kinds": ("questions", "email")}, "kinds"),
        ({"who": "all", "help.url": "http://help.corp.test"}, "help.url"),
        ({"who": "all", "registration.allowed_from": "networks"}, "networks"),
        ({"who": "all", "banned_words": ("abc",)}, "banned_words"),
        ({"who": "all", "peers": ("8A2E 51C0",)}, "peers"),
        ({"who": "all", "peers": (f"{'8A2E ' * 16} 2027-02-30",)}, "peers"),
    ],
)
def test_what_is_wrong_with_self_service_is_beside_its_field(
    given: dict[str, Any], path: str
) -> None:
    (found,) = problems("self_service", self_service(**given))
    assert found.endswith(path)


def test_groups_of_self_service_may_be_named_before_they_are_found() -> None:
    named = self_service(who="groups", groups=("Staff", "S-1-5-21-1-2-3-1107"))
    assert problems("self_service", named) == {}


def test_nothing_is_wrong_with_what_is_not_asked() -> None:
    assert problems("self_service", self_service(who="none", groups=("=",))) == {}


def test_self_service_alone_is_looked_at_where_more_is_wrong() -> None:
    answers = self_service(who="all", kinds=("sms",)).having({"agent": "No Name"})
    (found,) = self_service_problems(answers)
    assert found.path == "self_service.proofs"
    assert self_service_problems(self_service(who="groups", groups=("Staff",))) == ()


def test_a_page_tells_only_its_own_problems() -> None:
    answers = express(relay__url="nonsense", directory__domain="corp")
    assert set(problems(page="relay", answers=answers)) == {"relay.url"}
    assert problems("relay", express()) == {}
    assert problems("directory", express()) == {}
    assert problems("account", express()) == {}


def test_reconfiguring_needs_no_code_and_no_administrator() -> None:
    answers = Answers(installed=SETTINGS).having(answers_of(SETTINGS))
    answers = answers.having({"task": "options"})
    assert problems("relay", answers) == {}
    assert problems("directory", answers) == {}
    assert problems("account", answers) == {}
