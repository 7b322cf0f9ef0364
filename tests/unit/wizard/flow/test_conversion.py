"""Answers to settings and back."""

from weakref import ref

import pytest

from agent.config.errors import SettingsError
from agent.config.self_service import Peer, SelfService
from tests.unit.wizard.answered import CANARY, SETTINGS, express
from wire.secret import Secret
from wizard.flow.conversion import (
    answers_of,
    directory_of,
    draft_of,
    inputs_of,
    relay_of,
    self_service_draft_of,
    settings_of,
)
from wizard.flow.defaults import defaults
from wizard.flow.model import SECRETS, Answers
from wizard.inputs import Draft, Inputs


def test_express_leaves_self_service_off() -> None:
    answers = express().having({"self_service.who": "all"})
    assert settings_of(answers).self_service == SelfService()


def test_agents_whose_receipts_count_are_lines_and_settings_again() -> None:
    peers = ("8A2E " * 15 + "8A2E", "51C0 " * 15 + "51C0 2027-06-30")
    asked = {"mode": "custom", "self_service.who": "all", "self_service.peers": peers}
    settings = settings_of(express().having(asked))

    assert settings.self_service.peers == (
        Peer(fingerprint=peers[0]),
        Peer(fingerprint="51C0 " * 15 + "51C0", until="2027-06-30"),
    )
    assert answers_of(settings)["self_service.peers"] == peers


def test_whose_word_counts_of_who_registers_is_asked_and_known_before() -> None:
    asked = {
        "self_service.registration.allowed_from": "code",
        "self_service.registration.provider_sign_in": True,
        "self_service.registration.portal_codes": True,
    }
    answers = express(mode="custom").having({"self_service.who": "all", **asked})
    draft = self_service_draft_of(answers)

    assert draft is not None
    assert (draft.allowed_from, draft.provider_sign_in) == ("code", True)
    assert draft.portal_codes
    registration = settings_of(answers).self_service.registration
    assert registration.provider_sign_in
    assert registration.portal_codes
    assert asked.items() <= answers_of(settings_of(answers)).items()


@pytest.mark.parametrize(
    ("given", "switched_off"),
    [
        ({}, ()),
        ({"features.change": False}, ("self_service.operations.change",)),
        ({"features.unlock": False}, ("self_service.operations.unlock",)),
        ({"features.unlock": False, "self_service.operations.unlock": False}, ()),
    ],
)
def test_what_people_are_offered_and_is_off_is_known(
    given: dict[str, bool], switched_off: tuple[str, ...]
) -> None:
    answers = express(mode="custom").having({"self_service.who": "all", **given})
    draft = self_service_draft_of(answers)
    assert draft is not None
    assert draft.switched_off == switched_off


def test_express_covers_the_whole_domain_with_writeback_on() -> None:
    settings = settings_of(express())
    assert settings.scope.containers == ("DC=corp,DC=test",)
    assert settings.scope.pilot_group is None
    assert settings.features.password_writeback
    assert settings.identify_by == "userPrincipalName"
    assert settings.directory.controllers[0].address == "127.0.0.5"


def test_express_takes_the_containers_that_hold_people_once_they_are_found() -> None:
    found = ("OU=People,DC=corp,DC=test", "OU=Staff,DC=corp,DC=test")
    answers = express().having({"input.people_containers": found})

    assert settings_of(answers).scope.containers == found


def test_express_takes_no_scope_where_all_people_are_beside_the_account() -> None:
    """The head of the domain would have the service account in it."""
    left = ("OU=Staff,DC=corp,DC=test",)
    answers = express().having({"input.people_containers": (), "input.left_out": left})
    with pytest.raises(SettingsError, match="containers"):
        settings_of(answers)


def test_answers_of_pages_that_are_hidden_are_not_used() -> None:
    answers = express(
        scope__containers=("OU=Old,DC=corp,DC=test",), features__unlock=False
    )
    assert settings_of(answers).scope.containers == ("DC=corp,DC=test",)
    assert settings_of(answers).features.unlock
    custom = answers.having({"mode": "custom"})
    assert settings_of(custom).scope.containers == ("OU=Old,DC=corp,DC=test",)
    assert not settings_of(custom).features.unlock


def test_settings_come_back_the_same() -> None:
    answers = Answers({"task": "options"}, SETTINGS).having(answers_of(SETTINGS))
    assert settings_of(answers.having({"task": "options"})) == SETTINGS


def test_turning_writeback_off_changes_nothing_else() -> None:
    answers = Answers(installed=SETTINGS).having(
        {"task": "writeback", "features.password_writeback": False, "agent": "x"}
    )
    changed = settings_of(answers)
    assert not changed.features.password_writeback
    features = SETTINGS.features.model_copy(update={"password_writeback": False})
    assert changed == SETTINGS.model_copy(update={"features": features})


def test_a_pilot_group_counts_only_when_it_is_chosen() -> None:
    group = "CN=Pilot,DC=corp,DC=test"
    answers = express(mode="custom", scope__containers=("DC=corp,DC=test",))
    answers = answers.having({"scope.pilot_group": group})
    assert settings_of(answers).scope.pilot_group is None
    assert settings_of(answers.having({"pilot": "group"})).scope.pilot_group == group


def test_a_part_is_answers_before_the_rest_is_answered() -> None:
    answers = Answers().having({**defaults(), "relay.url": "https://relay.corp.test"})
    assert relay_of(answers).url == "https://relay.corp.test"
    assert directory_of(express()).domain == "corp.test"


def test_what_is_wrong_with_a_part_is_told_by_its_path_and_holds_no_password() -> None:
    answers = express(relay__proxy=f"http://svc:{CANARY}@proxy.corp.test:0")
    with pytest.raises(SettingsError) as refused:
        relay_of(answers)
    assert [problem.path for problem in refused.value.problems] == ["relay.proxy"]
    assert CANARY not in str(refused.value)
    with pytest.raises(SettingsError) as missing:
        directory_of(Answers())
    assert {problem.path for problem in missing.value.problems} >= {
        "directory.domain",
        "directory.controllers",
    }


def test_inputs_hold_what_was_answers_and_nothing_after_it_was_used() -> None:
    answers = express().having({"input.proxy_password": Secret(CANARY)})
    inputs = inputs_of(answers)
    assert inputs.admin
    assert inputs.admin.password == inputs.proxy_password == Secret(CANARY)
    assert inputs_of(answers.without(SECRETS)) == Inputs()


def test_no_secret_shows_in_answers_or_settings() -> None:
    answers = express()
    assert CANARY not in repr(answers) + repr(settings_of(answers))


def test_a_draft_has_what_is_answered_rightly_and_no_more() -> None:
    whole = express(scope__containers=("OU=People,DC=corp,DC=test",))
    draft = draft_of(whole)
    assert (draft.relay, draft.directory) == (relay_of(whole), directory_of(whole))
    assert draft.containers == ("OU=People,DC=corp,DC=test",)
    assert draft_of(Answers()) == Draft()
    wrong = whole.having({"relay.url": "http://relay.corp.test"})
    assert draft_of(wrong).relay is None
    assert draft_of(wrong).directory == draft.directory


def test_a_draft_has_a_group_only_where_there_is_a_pilot() -> None:
    named = express(scope__pilot_group=" Pilot ")
    assert draft_of(named).group == ""
    assert draft_of(named.having({"pilot": "group"})).group == "Pilot"


def test_settings_of_the_same_answers_are_made_once_and_the_answers_not_kept() -> None:
    answers = express()
    made = settings_of(answers)
    assert settings_of(answers) is made
    assert settings_of(answers.having({})) is not made

    answers = express()
    settings_of(answers)
    gone = ref(answers)
    del answers
    assert gone() is None  # they hold secrets
