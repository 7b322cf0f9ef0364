"""What this machine made, by journals of this version and of older ones.

Those in tests/data/journals were written by version 0.1: an installation in two
containers, one that leaves a container, and one that takes another account.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.config.migrations import kept_name
from agent.config.settings_file import dump, parse
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.text import Text
from wizard.plan import history, journal
from wizard.plan.change import Change, Context
from wizard.steps.account_change import AccountChange, Act
from wizard.steps.enrolment import EnrolmentChange, Undo
from wizard.steps.settings_file import FileChange

RECORDED = Path(__file__).parents[3] / "data" / "journals"
FIRST = "20261129T182427277114-3850cb.sealed.jsonl"
LAST = "20261129T182438805870-4b01b1.sealed.jsonl"
PARIS = "OU=Paris,OU=People,DC=corp,DC=test"
BERLIN = "OU=Berlin,OU=People,DC=corp,DC=test"
RIGHTS = ("RESET_PASSWORD", "WRITE_LOCKOUT_TIME", "WRITE_PWD_LAST_SET")
SID = "S-1-5-21-532390200-3527570076-1184083667"


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "machine")


def recorded(host: FakeHost, *names: str) -> Context:
    """A machine with the recorded journals, or some of them."""
    shutil.copytree(RECORDED, host.places.journal)
    for path in host.places.journal.iterdir():
        if names and path.name not in names:
            path.unlink()
    return on(host)


def older(host: FakeHost, change: Callable[[dict[str, Any]], object]) -> None:
    """Have each line be as an older version would have written it."""
    for path in host.places.journal.iterdir():
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            change(line)
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def test_what_was_made_and_not_taken_back_is_known(host: FakeHost) -> None:
    context = recorded(host)
    (account,) = history.made_accounts(context)
    assert account.directory.account.name == "svc-other"
    assert account.mark == f"writeback:{LAST.partition('.')[0]}"
    (grant,) = history.granted(context)
    assert (grant.container, grant.sid) == (PARIS, f"{SID}-1190")
    assert (grant.rights, grant.stood) == (RIGHTS, ())
    text = history.applied_settings(context)
    assert parse(text or "").directory.account.name == "svc-other"


def test_each_plan_is_known_alone(host: FakeHost) -> None:
    context = recorded(host, FIRST)
    (account,) = history.made_accounts(context)
    assert account.directory.account.name == "svc-writeback"
    grants = history.granted(context)
    assert [grant.container for grant in grants] == [PARIS, BERLIN]
    assert {grant.sid for grant in grants} == {f"{SID}-1189"}
    assert parse(history.applied_settings(context) or "").agent == "srv1"


def test_journals_that_tell_less_are_read(host: FakeHost) -> None:
    """Without the whole plan, what an account is marked with, and whose entries."""

    def less(line: dict[str, Any]) -> None:
        line.pop("plan", None)
        made = line.get("made", {})
        for name in ("info", "guid", "rights", "added"):
            made.pop(name, None)

    context = recorded(host, FIRST)
    older(host, less)
    (account,) = history.made_accounts(context)
    assert account.mark == ""
    grants = history.granted(context)
    assert [(each.container, each.rights) for each in grants] == [
        (PARIS, RIGHTS),
        (BERLIN, RIGHTS),
    ]
    assert all(each.guid is None for each in grants)


def test_a_removed_settings_file_is_not_in_force(host: FakeHost) -> None:
    def removed(line: dict[str, Any]) -> None:
        if line.get("change", {}).get("step") == "settings":
            line["change"]["before"], line["change"]["after"] = {"text": "x"}, None

    context = recorded(host, FIRST)
    older(host, removed)
    assert history.applied_settings(context) is None


def test_a_copy_made_nothing(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    context = recorded(host)
    monkeypatch.setattr(Context, "is_copy", True)
    assert history.made_accounts(context) == ()
    assert history.granted(context) == []


def test_each_step_reads_what_it_wrote(host: FakeHost) -> None:
    context = recorded(host)
    entries = tuple(journal.sealed(host.places.journal))
    acts = [
        AccountChange.of(entry.change).act
        for entry in entries
        if entry.change.step in ("account", "former")
    ]
    assert acts == [Act.CREATE, Act.CREATE, Act.DELETE]
    (enrolled,) = (
        EnrolmentChange.of(entry.change)
        for entry in entries
        if entry.change.step == "enrolment"
    )
    assert (enrolled.agent, enrolled.undo) == ("srv1", Undo.WITHDRAW)
    files = [
        FileChange.of(entry.change, context)
        for entry in entries
        if entry.change.step == "settings"
    ]
    assert [file.path for file in files] == [host.places.settings] * 3
    assert [file.before for file in files] == [None, *(f.after for f in files[:2])]


@pytest.mark.parametrize(
    ("facts", "undo"),
    [
        ({}, Undo.WITHDRAW),
        ({"stood": True}, Undo.KEEP),
        ({"stood": True, "own": False, "code": "c", "former": None}, Undo.KEEP),
        ({"stood": False, "own": True}, Undo.WITHDRAW),
        ({"stood": False, "own": False, "code": "c", "former": None}, Undo.WITHDRAW),
        ({"stood": False, "former": {"url": "https://r.test"}}, Undo.WITHDRAW),
        (
            {"stood": False, "code": "c", "former": {"url": "https://r.test"}},
            Undo.ASK_RELAY,
        ),
    ],
)
def test_what_taking_an_enrolment_back_does_is_read_from_any_version(
    facts: dict[str, Any], undo: Undo
) -> None:
    named = {"agent": "srv1", "relay": {"url": "https://relay.corp.test"}}
    change = Change("enrolment", Text("Enrols"), None, named | facts)
    planned = EnrolmentChange.of(change)
    assert planned.undo is undo
    again = Change("enrolment", Text("Enrols"), None, planned.facts())
    assert EnrolmentChange.of(again).undo is undo


def test_settings_of_a_newer_program_give_way_to_those_kept(host: FakeHost) -> None:
    """The agent of this version runs with them, so they are in force."""
    place = host.places.settings
    host.write(place, dump(SETTINGS).replace("version: 2", "version: 3"))
    assert on(host).settings is None
    host.write(kept_name(place, 2), dump(SETTINGS))
    assert on(host).settings == SETTINGS
