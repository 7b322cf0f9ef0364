"""From every state that is stuck there is a way out, and the text names it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.config import secret_store as kept
from agent.config.settings_file import dump
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.controller.test_preflight import ADMIN, closed_port
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.installation import changed
from wire.keys import PrivateKeys
from wire.secret import Secret
from wire.text import Text, verbatim
from wizard.cli.commands.rollback import abandon, roll_back
from wizard.cli.output import Exit, Result
from wizard.cli.secrets import CommandSecrets
from wizard.controller.controller import Controller
from wizard.host.interface import ServiceFailed
from wizard.plan import journal
from wizard.plan.change import Change, allow_all
from wizard.plan.history import GrantRecord, made_accounts
from wizard.steps.account import PREVIOUS
from wizard.steps.enrolment import EnrolmentChange, Undo
from wizard.steps.keys import Keys

WAY_OUT = "writeback rollback --abandon"
PEOPLE = "OU=People,DC=corp,DC=test"
EDITED = dump(SETTINGS) + "# by somebody else\n"


class Machine(FakeHost):
    """A machine whose service can't be stopped where that is wanted."""

    stops = True

    def stop_service(self) -> None:
        if not self.stops:
            raise ServiceFailed(Text("systemd does not answer."))
        super().stop_service()


@dataclass
class Stage:
    """A machine beside a relay and a controller that nobody reaches."""

    host: Machine
    port: int
    given: dict[str, Secret] = field(
        default_factory=lambda: {
            "admin_user": Secret(ADMIN.user),
            "admin_password": ADMIN.password,
        }
    )

    @property
    def settings(self) -> Any:
        where = [{"host": "dc1.corp.test", "address": "127.0.0.1"}]
        return changed(
            relay={"url": f"https://127.0.0.1:{self.port}"},
            directory={"controllers": where, "port": self.port},
        )

    @property
    def directory(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.settings.directory.model_dump(mode="json")
        return facts

    def run(self, act: Callable[..., Result]) -> Result:
        controller = Controller(self.host, allow_all)
        return act(controller, CommandSecrets(self.given), lambda _text: True)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with closed_port() as port:
        yield Stage(Machine(tmp_path / "machine"), port)


def keys_and_enrolment(stage: Stage) -> list[Change]:
    stage.host.secrets.put(kept.AGENT_KEYS, PrivateKeys.generate().secret())
    names = {"names": [kept.AGENT_KEYS]}
    planned = EnrolmentChange(stage.settings.relay, "sync-01", Undo.WITHDRAW)
    return [
        Change("keys", Text("Creates the agent's keys"), None, names),
        Change("enrolment", Text("Enrols the agent"), None, planned.facts()),
    ]


def an_account(stage: Stage) -> list[Change]:
    stage.host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("half made"))
    after = {"kind": "new", "directory": stage.directory, "stored": False}
    return [Change("account", Text("Creates"), None, after, needs_admin=True)]


def an_account_taken_over(stage: Stage) -> list[Change]:
    stage.host.secrets.put(PREVIOUS, Secret("of before"))
    stage.host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("set, or not"))
    stage.host.write(stage.host.places.settings, dump(stage.settings))
    after = {"kind": "new", "directory": stage.directory, "stored": True}
    before = {"dn": f"CN=svc-writeback,{PEOPLE}", "info": "writeback:other"}
    return [Change("account", Text("Takes over"), before, after, needs_admin=True)]


def grants(stage: Stage) -> list[Change]:
    record = GrantRecord(stage.settings.directory, PEOPLE, ("RESET_PASSWORD",))
    return [Change("grants", Text("Grants"), None, record.facts(), needs_admin=True)]


def settings_edited(stage: Stage) -> list[Change]:
    stage.host.write(stage.host.places.settings, EDITED)
    return [Change("settings", Text("Writes"), None, {"text": dump(SETTINGS)})]


def a_service(stage: Stage) -> list[Change]:
    stage.host.stops = False
    return [Change("service", Text("Starts the agent"), None, {"running": True})]


def a_deletion(stage: Stage) -> list[Change]:
    entry = {"dn": f"CN=old,{PEOPLE}", "info": "writeback:x"}
    before = entry | {"directory": stage.directory}
    end = {"needs_admin": True, "final": True}
    return [Change("former", Text("Deletes the account"), before, None, **end)]


# how it came to be stuck, what is left where
STUCK: dict[str, tuple[Callable[[Stage], list[Change]], tuple[str, ...]]] = {
    "relay": (
        keys_and_enrolment,
        ("writeback-relay forget sync-01", f"store of this machine: {kept.AGENT_KEYS}"),
    ),
    "account": (an_account, ("svc-writeback in corp.test, if it was made: its info",)),
    "taken over": (an_account_taken_over, ("CN=svc-writeback,OU=People",)),
    "grants": (grants, (f"svc-writeback@corp.test on {PEOPLE}: RESET_PASSWORD",)),
    "settings": (settings_edited, ("settings.yaml, as it is now",)),
    "service": (a_service, ("The agent's service",)),
    "deletion": (a_deletion, ("CN=old,OU=People",)),
}


@pytest.mark.parametrize(("stuck", "places"), STUCK.values(), ids=STUCK)
def test_what_is_stuck_is_given_up_by_the_way_that_the_text_names(
    stage: Stage, stuck: Callable[[Stage], list[Change]], places: tuple[str, ...]
) -> None:
    planned = stuck(stage)
    begun = journal.begin(stage.host.places.journal, planned)
    for index, change in enumerate(planned):
        begun.intend(index, change)
    told = stage.run(roll_back)
    assert told.code is Exit.NOT_CLEAN
    assert WAY_OUT in told.text
    assert journal.find_open(stage.host.places.journal) is not None

    given_up = stage.run(abandon)
    assert given_up.code in (Exit.DONE, Exit.NOT_CLEAN)
    assert len(given_up.data["left"]) == len(planned)
    for place in places:
        assert place in given_up.text
    assert all(each["why"] for each in given_up.data["left"])
    # nothing keeps anybody from going on
    assert journal.find_open(stage.host.places.journal) is None
    assert stage.run(abandon).text == "Nothing to roll back."


def test_what_can_be_taken_back_is_even_when_the_rest_is_given_up(stage: Stage) -> None:
    stage.host.write(stage.host.places.settings, dump(SETTINGS))
    planned = [
        Change("settings", Text("Writes"), None, {"text": dump(SETTINGS)}),
        *grants(stage),
    ]
    begun = journal.begin(stage.host.places.journal, planned)
    for index, change in enumerate(planned):
        begun.intend(index, change)
    told = stage.run(abandon)
    assert told.data["undone"] == ["Writes"]
    assert stage.host.read(stage.host.places.settings) is None


def test_an_account_that_was_given_up_is_known_for_one_of_this_machine(
    stage: Stage,
) -> None:
    planned = an_account(stage)
    begun = journal.begin(stage.host.places.journal, planned)
    begun.intend(0, planned[0])
    stage.run(abandon)
    (account,) = made_accounts(on(stage.host))
    assert account.mark == f"writeback:{begun.id}"


def test_a_removal_goes_on_past_what_can_not_be_removed(stage: Stage) -> None:
    """Of a domain that is gone for good nothing can be deleted any more."""
    stage.host.secrets.put(kept.LISTEN_KEY, Secret("bGlzdGVu"))
    planned = [*a_deletion(stage), *Keys().plan_removal(on(stage.host))]
    begun = journal.begin(stage.host.places.journal, planned)
    begun.intend(0, planned[0])
    told = stage.run(roll_back)
    assert (told.code, WAY_OUT in told.text) == (Exit.NOT_CLEAN, True)
    assert stage.host.secrets.get(kept.LISTEN_KEY) is not None

    told = stage.run(abandon)
    assert [each["what"] for each in told.data["left"]] == [
        f"The account CN=old,{PEOPLE} in corp.test."
    ]
    assert stage.host.secrets.get(kept.LISTEN_KEY) is None
    assert not stage.host.places.home.exists()


def test_a_journal_that_can_not_be_read_is_put_aside(stage: Stage) -> None:
    begun = journal.begin(stage.host.places.journal)
    with begun.path.open("a") as file:
        file.write(json.dumps({"what": "nothing known"}) + "\n")
    with pytest.raises(journal.JournalDamaged, match=WAY_OUT):
        stage.run(roll_back)
    told = stage.run(abandon)
    (left,) = told.data["left"]
    assert "line 2, can't be read" in left["why"]
    assert ".damaged.jsonl" in left["what"]
    assert journal.find_open(stage.host.places.journal) is None


def test_a_roll_back_that_goes_on_counts_in_the_plans_own_numbers(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ({"names": [verbatim(str(n))]} for n in range(3))
    planned = [Change("keys", Text("Creates keys"), None, each) for each in names]
    begun = journal.begin(stage.host.places.journal, planned)
    for index, change in enumerate(planned):
        begun.intend(index, change)
    begun.undid(0)
    stage.run(roll_back)
    assert "[3/3] rolling back" in capsys.readouterr().err
