"""Every word of the command line goes through `say`: none escapes translation."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from agent.config.settings_file import dump
from agent.verdict.causes import Cause
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.subject import JUDGED
from agent.verdict.verdict import OperationVerdict, State, Verdict
from tests.fixtures.escaped_words import escaped
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.cli.test_main import BAD
from tests.unit.wizard.cli.test_run_plan import (
    PORTAL_DETAILS,
    ScriptedController,
    controller_of,
)
from tests.unit.wizard.cli.test_watch import watching
from tests.unit.wizard.health.staged import BAD_NIGHT, KEYS, NAMES
from tests.unit.wizard.health.staged import certificate as certified
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from wire.operation import Operation
from wire.outcomes import Code
from wire.text import Text, verbatim
from wizard.cli.commands import (
    apply,
    directory,
    grants,
    permissions,
    rollback,
    status,
    verify,
)
from wizard.cli.commands.order import COMMANDS
from wizard.cli.commands.watch import sight_lines
from wizard.cli.main import main
from wizard.cli.output import Exit, Result, checks_text, lines, say_progress
from wizard.cli.run_plan import failure
from wizard.cli.secrets import CommandSecrets
from wizard.controller.controller import Controller
from wizard.controller.permissions import Coverage, Explained, Permissions
from wizard.grants.grants import AccessEntry, ForeignEntry
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.permissions.findings import Finding, Level
from wizard.plan import journal
from wizard.plan.change import ApplyError, Change, Plan, Progress, RolledBack, Stuck
from wizard.results import AgentStatus, Check, Installed
from wizard.translation import PSEUDO, language, say

MAKES = Change("settings", Text("Writes the settings file"), None, {"text": "x"})
ENROLS = Change("enrolment", Text("Enrols the agent"), None, {})
GONE = Change("keys", Text("Destroys the keys"), {"names": []}, None, final=True)
STUCK = Stuck(MAKES, Text("Somebody else changed it since."))
ROWS = tuple(
    Check("a", Text("Agent"), state, Text("It is so."), Text("Do this."))
    for state in ("ok", "failed", "warning", "skipped", "info")
)
PERSON = "CN=Anna,OU=People,DC=corp,DC=test"
DATA = (
    *(PORTAL_DETAILS.url, PORTAL_DETAILS.agent, PORTAL_DETAILS.fingerprint),
    *(PORTAL_DETAILS.issuer, PERSON, "dc1.corp.test", "UTC", "DC=corp,DC=test"),
    *(SETTINGS.agent, SETTINGS.relay.url, SETTINGS.directory.domain),
    *(SETTINGS.directory.sign_in_name, *SETTINGS.scope.containers),
    str(SETTINGS.scope.pilot_group),
    *("OA;CI", "SDDL", "dsacls", "PowerShell", "Remove-Ace"),
    *(INSTALLED.settings.agent, INSTALLED.settings.relay.url, "dc2.corp.test"),
    *("p50", "p95", "ms", *NAMES),
    *("dc1", "dc2", "dc3", "CN=1", "CN=2", "CN=ca"),
)


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", PSEUDO)
    monkeypatch.delenv("WRITEBACK_HOME", raising=False)
    assert language() == PSEUDO


def installed(*, running: bool, relay: bool, attention: str = "") -> Installed:
    state = AgentStatus(
        running=running,
        ready=running and relay,
        writeback=True,
        relay=Text("connected") if relay else Text("refused"),
        directory=Text("connecting"),
        relay_connected=relay,
        directory_connected=False,
        since=datetime(2026, 11, 23, tzinfo=UTC),
        attention=verbatim(attention),
    )
    drift = (Text("The relay's address"),)
    return Installed(SETTINGS, state, PORTAL_DETAILS.fingerprint, drift)


def status_of(machine: Installed | None) -> Result:
    controller = controller_of(ScriptedController())
    part = SimpleNamespace(installed=lambda: machine, lost=lambda: None)
    cast("Any", controller).installation = part
    return status.status(controller)


YES = OperationVerdict(State.YES, Code.OK, Cause.NONE)
NO = OperationVerdict(
    State.NO,
    Code.PERMISSION_DENIED,
    Cause.NOT_GRANTED,
    verbatim("DC=corp,DC=test"),
    Text("Grant it."),
    datetime(2026, 11, 23, tzinfo=UTC),
)
POLICY = PasswordPolicy(
    source="DC=corp,DC=test",
    min_length=7,
    complexity=True,
    history=24,
    min_age=timedelta(days=1),
    max_age=None,
    lockout_threshold=0,
    lockout_duration=None,
)


class ScriptedPermissions:
    """Permissions that judge as the test says."""

    def __init__(self, *, foreseen: bool = False) -> None:
        causes = {each: {Cause.NONE: 1200, Cause.NOT_GRANTED: 34} for each in JUDGED}
        causes[Operation.UNLOCK] = {Cause.NONE: 1000, Cause.DISABLED: 200}
        self.counts = Coverage(1234, 1200, causes, foreseen=foreseen)

    def coverage(self, *_given: object, each: Callable[[Any], None], **_: Any) -> Any:
        for _number in range(5):
            each(SimpleNamespace(verdict=Verdict(PERSON, UUID(int=1), NO, NO, NO, NO)))
        return self.counts

    def about_account(self, *_given: object, **_more: object) -> tuple[Finding, ...]:
        texts = Text("It can do too much."), verbatim(PERSON), Text("Take it back.")
        return tuple(Finding("x", level, *texts) for level in Level)

    def explain(self, *_given: object) -> Explained:
        notes = (Text("It is marked."),)
        verdict = Verdict(PERSON, UUID(int=1), NO, YES, NO, YES, notes)
        return Explained(verdict, None, POLICY, "dc1.corp.test", foreseen=False)


def judged(command: Callable[..., Result], *more: object, **fakes: bool) -> Result:
    part = cast("Permissions", ScriptedPermissions(**fakes))
    return command(part, SETTINGS, Inputs(), *more)


ENTRY = AccessEntry(
    "DC=corp,DC=test",
    *("svc", "S-1-5-21-1"),
    *(Text("reset"), Text("Resets passwords")),
    *("OA;CI", "dsacls", "Add-Ace", "Remove-Ace"),
)
LEFT = ForeignEntry("DC=corp,DC=test", Text("Full control"))


class ScriptedGrants:
    """Grants that are missing, and others that Writeback did not make."""

    plan = Plan(SETTINGS, (MAKES,))
    left = (LEFT,)

    def plan_grant(self, *_given: object) -> Plan:
        return self.plan

    def plan_revoke(self, *_given: object) -> "ScriptedGrants":
        return self

    def entries(self, *_given: object) -> tuple[AccessEntry, ...]:
        return (ENTRY,)


def granting() -> Controller:
    controller = controller_of(ScriptedController())
    cast("Any", controller).permissions = ScriptedGrants()
    return controller


def asked(change: Callable[..., Result]) -> str:
    """Show what a change of entries asks to accept."""
    asked = list[str]()
    change(granting(), SETTINGS, CommandSecrets(), asked.append)
    return asked[0]


def certificate(number: int) -> Any:
    ends = datetime(2026, 11, 23, tzinfo=UTC)
    return SimpleNamespace(subject=f"CN={number}", issuer="CN=ca", not_after=ends)


def controllers() -> str:
    cell = {"name": "TLS", "word": Text("old"), "state": "warning"}
    words = {"detail": Text("TLS is old."), "remedy": Text("Mend it.")}
    facts = SimpleNamespace(
        host="dc1.corp.test",
        subject_names=("dc1", "dc2", "dc3", "dc4", "dc5"),
        chain=(certificate(1), certificate(2)),
        cells=(SimpleNamespace(**cell, **words),),
        to_do=(SimpleNamespace(**cell, **words),),
        offer=None,  # with one the lines of the settings file are no words
    )
    note = Check("n", Text("DNS"), "info", Text("One is not in DNS."), Text("Add it."))
    inspection = SimpleNamespace(controllers=(facts,), notes=(note,))
    return lines(*directory._lines(cast("Any", inspection)))


def carried_out(**script: Any) -> Result:
    controller = controller_of(ScriptedController(**script))
    return apply.carry_out(controller, SETTINGS, CommandSecrets(), lambda _text: True)


def rolled_back(**script: Any) -> Result:
    controller = controller_of(ScriptedController(cut_off=True, **script))
    return rollback.roll_back(controller, CommandSecrets(), lambda _text: True)


def verified() -> Result:
    controller = controller_of(ScriptedController(rows=ROWS, cut_off=True))
    return verify.verify(controller, SETTINGS)


def shown(*changes: Change) -> Result:
    controller = controller_of(ScriptedController(changes))
    return apply.show_plan(controller, SETTINGS, CommandSecrets())


def watched() -> Result:
    """Show what a watch shows of an agent that lacks something of everything."""
    fake = FakeController(replace(INSTALLED, drift=(Text("The name"),), keys=KEYS))
    fake.records, fake.certificates = BAD_NIGHT, (certified(days=5),)
    fake.people = replace(fake.people, short=7)
    sight = watching(fake, looks=2)[-1]
    late = replace(sight, trouble=Text("No answer came."))
    shown = (f"{line.mark}{line.text}" for line in sight_lines(late, live=True))
    return Result(Exit.DONE, "\n".join(shown), {})


OUTPUTS: dict[str, Callable[[], Result]] = {
    "plan": lambda: shown(MAKES, ENROLS, GONE),
    "plan of nothing": shown,
    "apply": lambda: carried_out(changes=(MAKES, ENROLS)),
    "apply that fails": lambda: failure(
        ApplyError(ENROLS, Text("It broke."), (MAKES,), ())
    ),
    "apply that is stuck": lambda: failure(
        ApplyError(ENROLS, Text("It broke."), (), (STUCK,))
    ),
    "removal that fails": lambda: failure(
        ApplyError(GONE, Text("It broke."), (), (), (ENROLS,))
    ),
    "rollback": rolled_back,
    "rollback that is stuck": lambda: rolled_back(rolled=RolledBack((), (STUCK,))),
    "rollback that is down": lambda: rolled_back(
        rolled=RolledBack((MAKES,), (), down=Text("It does not start."))
    ),
    "verify": verified,
    "status of nothing": lambda: status_of(None),
    "status": lambda: status_of(installed(running=True, relay=True)),
    "status without links": lambda: status_of(installed(running=True, relay=False)),
    "status of a stopped agent": lambda: status_of(
        installed(running=False, relay=False)
    ),
    "status that asks for a look": lambda: status_of(
        installed(running=True, relay=True, attention=Text("It is a copy"))
    ),
    "permissions check": lambda: judged(permissions.check),
    "permissions check ahead": lambda: judged(permissions.check, foreseen=True),
    "permissions plan": lambda: grants.plan(granting(), SETTINGS, Inputs(), None),
    "permissions grant": lambda: Result(Exit.DONE, asked(grants.grant), {}),
    "permissions revoke": lambda: Result(Exit.DONE, asked(grants.revoke), {}),
    "directory check": lambda: Result(Exit.DONE, controllers(), {}),
    "status that goes on": watched,
    "permissions explain": lambda: judged(permissions.explain, None, "anna"),
}


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
def test_a_command_says_no_word_that_was_not_put_into_words(
    output: Callable[[], Result], capsys: pytest.CaptureFixture[str]
) -> None:
    result = output()
    capsys.readouterr()
    result.print(as_json=False)
    printed = capsys.readouterr().out
    assert "[" in printed
    assert escaped(printed, DATA) == []


def test_what_is_lined_up_stands_in_columns_however_long_words_are() -> None:
    rows = checks_text(ROWS).splitlines()[::2]
    assert len({row.index(say(ROWS[0].title)) for row in rows}) == 1
    told = judged(permissions.explain, None, "anna").text.splitlines()
    works = say(Text("would work"))
    beside = {line.index(works) for line in told if works in line}
    below = {len(line) - len(line.lstrip()) for line in told if line.startswith(" ")}
    assert beside == below
    assert len(below) == 1


@pytest.mark.parametrize("state", ["doing", "done", "failed", "undoing", "undone"])
def test_progress_is_put_into_words(
    state: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    say_progress(Progress(0, 2, MAKES, state, Text("Its owner must know.")))
    assert escaped(capsys.readouterr().err) == []


def test_programs_read_english_whatever_the_language_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["status"], ["rollback", "--yes"], ["aply"], ["verify"]):
        answers = list[str]()
        for name in (PSEUDO, "C"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("LANGUAGE", name)
                main([*command, "--home", str(tmp_path), "--json"])
            answers.append(capsys.readouterr().out)
        assert answers[0] == answers[1]
        assert answers[0].isascii()
        assert json.loads(answers[0])


def refusals(home: Path) -> Iterator[list[str]]:
    yield ["status"]
    yield ["rollback", "--yes"]
    for command in ("verify", "repair", "export", "rekey"):
        yield [command]
    yield ["test-reset", "anna", "--check-only"]
    yield ["apply", "--secrets-fd", "987"]
    file = home / "site.yaml"
    file.write_text(dump(SETTINGS))
    for words in (["plan"], ["verify"], ["rekey", "--yes"], ["permissions", "check"]):
        yield [*words, "--settings", str(file)]
    yield ["remove", "--yes"]
    bad = home / "bad.yaml"
    bad.write_text(BAD)
    yield ["plan", "--settings", str(bad)]
    csv = ["--csv", str(file), "--jsonl", str(file), "--settings", str(file)]
    yield ["permissions", "coverage", *csv]


def test_what_is_refused_is_put_into_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = ("agnet", "relay.url", "directory.port", "scope.containers", "agent")
    places = SandboxHost(tmp_path / "home").places
    files = (tmp_path / "site.yaml", tmp_path / "bad.yaml", places.settings)
    secrets = ("agent-keys", "self-test-keys", "relay-listen-key", "relay-test-key")
    system = os.strerror(errno.ENOENT)
    paths = map(str, (*files, places.enrolment))
    data = (*DATA, *paths, *keys, *secrets, system, "http://relay.corp.example")
    for command in refusals(tmp_path):
        main([*command, "--home", str(tmp_path / "home")])
        printed = capsys.readouterr()
        assert escaped(printed.out + printed.err, data) == [], command
    journal.begin(SandboxHost(tmp_path / "home").places.journal)
    main(["status", "--home", str(tmp_path / "home")])
    assert escaped(capsys.readouterr().out) == []


def test_the_help_of_each_command_is_put_into_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for entry in COMMANDS:
        with pytest.raises(SystemExit):
            main([entry.name, "--help"])
        assert say(entry.help) in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (Text("All of {a}.", a="dc1"), []),
        (Text("All of {a}.", a="it"), ["it"]),
        (Text("All of {a}.", a=Text("it")), []),
        ("plain", ["plain"]),
    ],
)
def test_what_escaped_is_found_wherever_it_stands(text: str, words: list[str]) -> None:
    assert escaped(f"12 {say(text)} 7", ["dc1"]) == words


def test_controllers_are_told_as_a_table_with_their_certificates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "C")
    assert controllers().splitlines()[2:] == [
        "",
        "dc1.corp.test: for dc1, dc2, dc3 and 2 more",
        "  CN=1, to 2026-11-23, issued by CN=ca",
        "  CN=2, to 2026-11-23, issued by CN=ca",
        "",
        "warning  dc1.corp.test: TLS is old.",
        "         Mend it.",
        "",
        "info     One is not in DNS.",
        "         Add it.",
    ]
