"""What `GET ready` says of the settings: enough for pages, and nothing of people."""

import json

from agent.config.settings_file import validate
from agent.self_service.published import published
from tests.fixtures.vectors.statements import SETTINGS
from tests.unit.agent.config.test_settings import GOOD

STAFF = "CN=Staff,OU=Groups,DC=corp,DC=test"
WIDE = "ü" * 300


def said(**self_service: object) -> dict[str, dict[str, object]]:
    return published(validate(GOOD | {"self_service": self_service}))


def test_it_is_for_nobody_unless_the_settings_say_so() -> None:
    assert published(validate(GOOD))["self_service"]["who"] == "none"


def test_it_says_what_the_pages_need_as_the_recorded_vector_does() -> None:
    whole = said(
        who="groups",
        groups=[STAFF],
        two_proof_groups=[STAFF],
        help={"text": "Service desk", "phone": "+49 30 5555"},
    )
    registration = whole["self_service"]["registration"]
    assert isinstance(registration, dict)
    # what came after the vector was recorded: the wire only grows
    assert registration.pop("portal_codes") is False
    assert registration.pop("code_to_manager") is False
    assert whole == SETTINGS


def test_no_group_network_or_word_of_the_organization_is_in_it() -> None:
    whole = said(
        who="groups",
        groups=[STAFF],
        exceptions=[STAFF],
        roles={"help_desk": [STAFF]},
        registration={"allowed_from": "networks", "networks": ["192.0.2.0/24"]},
        banned_words=["contoso"],
    )
    text = json.dumps(whole)
    assert not [each for each in ("Staff", "192.0.2", "contoso") if each in text]


def test_what_features_have_off_is_not_offered() -> None:
    features = {"change": False, "unlock": False}
    settings = validate(GOOD | {"features": features, "self_service": {"who": "all"}})
    block = published(settings)["self_service"]
    assert block["operations"] == ["reset"]
    assert block["help_desk"] == []


def test_it_is_short_whatever_the_help_line_is() -> None:
    url = f"https://{'a' * 60}.example/{'b' * 400}"
    whole = said(who="all", help={"text": WIDE, "url": url, "phone": "5" * 40})
    assert len(json.dumps(whole)) < 4096
