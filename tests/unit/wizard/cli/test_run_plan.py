"""Commands end with the exit code that says what state the machine is in."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast, get_type_hints

import pytest

from agent.config.settings import Settings
from tests.unit.wizard.answered import CANARY, SETTINGS
from wire.secret import Secret
from wire.text import Text, verbatim
from wizard.cli.commands import apply as apply_of_commands
from wizard.cli.commands import remove as remove_of_commands
from wizard.cli.commands import rollback, self_test
from wizard.cli.commands import verify as verify_of_commands
from wizard.cli.errors import BadUsage
from wizard.cli.output import Exit, plan_text, say_progress
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import Confirm, confirm_on_terminal
from wizard.controller.controller import Controller
from wizard.enrolment.used_code import NEW_CODE
from wizard.inputs import Inputs
from wizard.plan.change import (
    ApplyError,
    Change,
    Plan,
    Progress,
    Report,
    RolledBack,
    StepFailed,
    Stuck,
)
from wizard.results import (
    AgentStatus,
    Check,
    Installed,
    PortalDetails,
    Recovery,
    SelfTestResult,
)

MAKES = Change("settings", Text("Writes the settings file"), None, {"text": "x"})
GRANTS = Change("grants", Text("Grants 3 permissions"), None, {}, needs_admin=True)
TAKEN_BACK = RolledBack((MAKES,), ())
PORTAL_DETAILS = PortalDetails(
    "https://r.test/a", "a", "7C1F 09AE", "https://portal.test"
)
LEFT = Stuck(GRANTS, Text("Somebody else changed it since."))


@dataclass
class ScriptedController:
    """A controller whose outcomes are set by the test."""

    changes: tuple[Change, ...] = (MAKES,)
    fails: ApplyError | None = None
    during: Callable[[], None] = lambda: None
    rolled: RolledBack = TAKEN_BACK
    rows: tuple[Check, ...] = ()
    secrets: list[Inputs] = field(default_factory=list)
    applied: int = 0
    cut_off: bool = False
    says: str = ""

    def plan(self, settings: Settings, inputs: Inputs) -> Plan:
        return Plan(settings, self.changes)

    def apply(
        self,
        plan: Plan,
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None:
        self.secrets.append(inputs)
        self.applied += 1
        self.during()
        if stop.is_set():
            raise ApplyError(None, Text("Stopped."), (MAKES,), ())
        if self.fails:
            raise self.fails
        for index, change in enumerate(plan.changes):
            report(
                Progress(index, len(plan.changes), change, "done", verbatim(self.says))
            )

    def portal_details(self) -> PortalDetails:
        return PORTAL_DETAILS

    def find(self) -> Recovery | None:
        if not self.cut_off:
            return None
        at = datetime(2026, 11, 23, tzinfo=UTC)
        return Recovery(at, (MAKES.summary,), needs_admin=False)

    def recover(self, inputs: Inputs, report: Report) -> RolledBack:
        self.secrets.append(inputs)
        return self.rolled

    def verify(self, settings: Settings) -> tuple[Check, ...]:
        return self.rows

    def test_reset(
        self, by: str, value: str, password: Secret | None
    ) -> SelfTestResult:
        if password is None:
            text = Text("Would work.")
            return SelfTestResult("ok", text, text, {}, {"total": 9.8}, check_only=True)
        return SelfTestResult("ok", "It is set.", "Done.", {}, {"total": 12.3})


def controller_of(machine: ScriptedController) -> Controller:
    """Give a controller whose parts the machine is, all of them."""
    parts = dict.fromkeys(get_type_hints(Controller), machine)
    return cast("Controller", SimpleNamespace(**parts))


def carry_out(
    machine: ScriptedController, confirm: Confirm = lambda _text: True
) -> Any:
    return apply_of_commands.carry_out(
        controller_of(machine), SETTINGS, CommandSecrets(), confirm
    )


def test_all_made_is_0() -> None:
    outcome = carry_out(ScriptedController())
    assert (outcome.code, outcome.text) == (Exit.DONE, "Done: 1 change made.")


def test_what_came_of_a_change_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    say_progress(Progress(0, 2, MAKES, "done"))
    assert capsys.readouterr().err == ""
    say_progress(Progress(0, 2, MAKES, "done", Text("Its owner must forget it.")))
    assert capsys.readouterr().err == (
        "[1/2] done: Writes the settings file Its owner must forget it.\n"
    )


def test_what_came_of_changes_is_among_what_programs_read() -> None:
    outcome = carry_out(ScriptedController(says="Its owner must forget it."))
    assert outcome.data["told"] == [
        "Writes the settings file: Its owner must forget it."
    ]
    assert carry_out(ScriptedController()).data["told"] == []


def test_a_new_enrolment_ends_with_what_the_portal_must_know() -> None:
    enrols = Change("enrolment", Text("Enrols the agent"), None, {})
    outcome = carry_out(ScriptedController((MAKES, enrols)))
    for text in (PORTAL_DETAILS.url, PORTAL_DETAILS.fingerprint, PORTAL_DETAILS.issuer):
        assert text in outcome.text
    assert outcome.data["hand_over"] == asdict(PORTAL_DETAILS)


def test_nothing_to_do_is_0_and_applies_nothing() -> None:
    machine = ScriptedController(())
    outcome = carry_out(machine)
    assert outcome.code == 0
    assert outcome.text == "Nothing to do: everything is as the settings say."
    assert machine.applied == 0


def test_a_plan_not_accepted_is_2_and_applies_nothing() -> None:
    machine, shown = ScriptedController(), list[str]()

    def refuse(text: str) -> bool:
        shown.append(text)
        return False

    outcome = carry_out(machine, refuse)
    assert (outcome.code, machine.applied) == (2, 0)
    assert shown == ["Will be created (1)\n  Writes the settings file"]


def test_nobody_to_ask_is_2() -> None:
    with pytest.raises(BadUsage, match="--yes"):
        carry_out(ScriptedController(), confirm_on_terminal)


def test_rolled_back_is_1_with_what_failed_and_why() -> None:
    machine = ScriptedController(
        fails=ApplyError(GRANTS, Text("It broke. Mend it."), (MAKES,), ())
    )
    outcome = carry_out(machine)
    assert outcome.code == 1
    assert outcome.text.splitlines() == [
        "Failed: Grants 3 permissions",
        "It broke. Mend it.",
        "Everything begun was rolled back (1 change).",
    ]


def test_that_a_code_stays_used_is_said_where_its_enrolment_was_taken_back() -> None:
    enrols = Change("enrolment", Text("Enrols the agent"), None, {})
    failed = carry_out(
        ScriptedController(
            fails=ApplyError(GRANTS, Text("It broke."), (MAKES, enrols), ())
        )
    )
    rolled = RolledBack((MAKES, enrols), ())
    machine = ScriptedController(rolled=rolled, cut_off=True)
    taken_back = rollback.roll_back(
        controller_of(machine), CommandSecrets(), lambda _text: True
    )
    for result in (failed, taken_back):
        said = result.text.splitlines()[-1]
        assert said.startswith("The enrolment code stays used")
        assert said.endswith(NEW_CODE)
        assert result.data["enrolment_code"] == said


def test_not_clean_is_3_with_what_remains() -> None:
    outcome = carry_out(
        ScriptedController(fails=ApplyError(MAKES, Text("It broke."), (), (LEFT,)))
    )
    assert outcome.code == 3
    assert "  Grants 3 permissions: Somebody else changed it since." in outcome.text
    assert outcome.data["stuck"] == [
        {"summary": GRANTS.summary, "reason": LEFT.reason},
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_and_takes_back(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)
    outcome = carry_out(ScriptedController(during=lambda: os.kill(os.getpid(), number)))
    assert outcome.code == 1
    assert outcome.text.startswith("Stopped.")
    assert "Stopping before the next change" in capsys.readouterr().err
    assert signal.getsignal(number) is before


def test_changes_that_need_an_administrator_ask_for_one_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builtins.input", lambda: "administrator@corp.test")
    monkeypatch.setattr("getpass.getpass", lambda _prompt: CANARY)
    machine = ScriptedController((GRANTS,))
    secrets = CommandSecrets(can_ask=True)
    apply_of_commands.carry_out(
        controller_of(machine), SETTINGS, secrets, lambda _text: True
    )
    admin = machine.secrets[0].admin
    assert admin is not None
    assert (admin.user, admin.password) == ("administrator@corp.test", Secret(CANARY))


@dataclass
class Lacking(ScriptedController):
    """A machine whose plan needs what it was not given, one after the other."""

    def plan(self, settings: Settings, inputs: Inputs) -> Plan:
        for name in ("enrolment_code", "admin", "account_password", "proxy_password"):
            if getattr(inputs, name) is None:
                raise StepFailed(Text("It is needed."), Text("Give it."), name)
        return Plan(settings, self.changes)

    def plan_removal(self, inputs: Inputs) -> Plan:
        return replace(self.plan(SETTINGS, inputs), settings=None)

    def installed(self) -> Installed:
        status = AgentStatus(
            running=True, ready=True, writeback=True, relay=Text(""), directory=Text("")
        )
        return Installed(SETTINGS, status, "")


Job = Callable[[Controller, CommandSecrets], Any]
JOBS: dict[str, Job] = {
    "plan": lambda c, secrets: apply_of_commands.show_plan(c, SETTINGS, secrets),
    "apply": lambda c, secrets: apply_of_commands.carry_out(
        c, SETTINGS, secrets, lambda _text: True
    ),
    "repair": lambda c, secrets: apply_of_commands.repair(
        c, secrets, lambda _text: True
    ),
    "remove": lambda c, secrets: remove_of_commands.remove(
        c, secrets, lambda _text: True
    ),
}


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_terminal_is_asked_for_what_a_plan_turns_out_to_need(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(prompt: str = "Name: ") -> str:
        asked.append(prompt.removesuffix(": "))
        return CANARY

    monkeypatch.setattr("builtins.input", ask)
    monkeypatch.setattr("getpass.getpass", ask)
    machine = Lacking()
    assert job(controller_of(machine), CommandSecrets(can_ask=True)).code == 0
    assert asked == [
        *("Enrolment code", "Name", "Password"),
        *("Password of the service account", "Password for the proxy"),
    ]
    assert all(each.enrolment_code == Secret(CANARY) for each in machine.secrets)
    with pytest.raises(StepFailed, match="It is needed"):
        job(controller_of(Lacking()), CommandSecrets())


class NeverContent(ScriptedController):
    """A machine whose plan takes no code."""

    def plan(self, settings: Settings, inputs: Inputs) -> Plan:
        raise StepFailed(
            Text("It is of no use."), Text("Give another."), "enrolment_code"
        )


def test_what_was_given_and_is_not_right_is_not_asked_again() -> None:
    secrets = CommandSecrets({"enrolment_code": Secret("x")}, can_ask=True)
    with pytest.raises(StepFailed, match="no use"):
        apply_of_commands.show_plan(controller_of(NeverContent()), SETTINGS, secrets)


def test_a_roll_back_is_0_or_3() -> None:
    clean = rollback.roll_back(
        controller_of(ScriptedController(cut_off=True)),
        CommandSecrets(),
        lambda _text: True,
    )
    assert (clean.code, clean.text) == (0, "Rolled back: 1 change.")
    machine = ScriptedController(rolled=RolledBack((), (LEFT,)), cut_off=True)
    stuck = rollback.roll_back(
        controller_of(machine), CommandSecrets(), lambda _text: True
    )
    assert stuck.code == 3
    assert LEFT.reason in stuck.text


def test_findings_are_4() -> None:
    fine = Check("a", "Agent", "ok", "It runs.")
    bad = Check("b", "Permissions", "failed", "Missing.", "Grant them.")
    assert (
        verify_of_commands.verify(
            controller_of(ScriptedController(rows=(fine,))), SETTINGS
        ).code
        == 0
    )
    cut_off = verify_of_commands.verify(
        controller_of(ScriptedController(rows=(fine,), cut_off=True)), SETTINGS
    )
    assert cut_off.code == 4
    assert "writeback rollback" in cut_off.text
    outcome = verify_of_commands.verify(
        controller_of(ScriptedController(rows=(fine, bad))), SETTINGS
    )
    assert outcome.code == 4
    assert outcome.text.splitlines() == [
        "ok       Agent: It runs.",
        "failed   Permissions: Missing.",
        "         Grant them.",
    ]


def test_a_check_says_that_it_would_work_and_of_nobody_who_reads_it() -> None:
    outcome = self_test.test_reset(
        controller_of(ScriptedController()), "mail", "a@corp.test", None
    )
    assert outcome.text.splitlines() == [
        "ok: Would work.",
        "  total              9.8 ms",
    ]


def test_a_test_reset_lists_its_hops() -> None:
    outcome = self_test.test_reset(
        controller_of(ScriptedController()), "mail", "a@corp.test", Secret(CANARY)
    )
    assert outcome.code == 0
    assert outcome.text.splitlines() == [
        "ok: Done.",
        "The person reads: It is set.",
        "  total             12.3 ms",
    ]


def test_a_plan_says_from_where_on_it_only_goes_forward() -> None:
    stops = Change("service", Text("Stops the agent"), {"runs": True}, None)
    outcome = plan_text((MAKES, stops))
    assert "can't be rolled back" not in outcome
    gone = Change("keys", Text("Destroys the keys"), {"names": []}, None, final=True)
    lines = plan_text((stops, gone)).splitlines()
    assert lines[:2] == ["Will be removed (1)", "  Stops the agent"]
    assert lines[2:4] == ["Will be removed for good (1)", "  Destroys the keys"]
    assert "can't be rolled back" in lines[4]
    assert "writeback rollback" in lines[4]


def test_a_first_change_that_failed_changed_nothing() -> None:
    machine = ScriptedController(fails=ApplyError(MAKES, Text("It broke."), (), ()))
    outcome = carry_out(machine)
    assert (outcome.code, outcome.text.splitlines()[-1]) == (1, "Nothing was changed.")


def test_what_a_removal_could_not_do_elsewhere_is_said_at_its_end() -> None:
    class Removing(ScriptedController):
        def plan_removal(self, inputs: Inputs) -> Plan:
            stays = (Text("The account of another setup."),)
            return Plan(None, (MAKES,), stays)

    machine = Removing(says="The relay's owner must forget it.")
    outcome = remove_of_commands.remove(
        controller_of(machine), CommandSecrets(), lambda _text: True
    )
    assert outcome.text.splitlines() == [
        "Removed.",
        "What stays:",
        "  Writes the settings file: The relay's owner must forget it.",
        "  The account of another setup.",
    ]
