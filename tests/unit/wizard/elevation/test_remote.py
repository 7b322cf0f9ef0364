"""What the window asks comes back the same through the service."""

import ast
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from agent.config.errors import SettingsError
from agent.config.settings import Settings
from agent.verdict.causes import Cause
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.elevation.conftest import ServiceStage
from tests.unit.wizard.ui.fake import (
    CHAIN,
    INSTALLED,
    PORTAL_DETAILS,
    RECOVERY,
    SEVERAL,
    unknown_authority,
)
from tests.unit.wizard.ui.fake_controller import FakeChanges, FakeController
from wire.secret import Secret
from wire.text import Text, plural
from wizard import ui
from wizard.controller.controller import Controller
from wizard.elevation import secret_codec
from wizard.elevation.codec import (
    read_call,
    spell_call,
    spell_report,
    spell_sealed,
)
from wizard.elevation.dbus.client import ServiceClient
from wizard.elevation.errors import BadCall
from wizard.elevation.methods import NAMES, PARTS, method_of
from wizard.elevation.remote_controller import remote_controller
from wizard.inputs import AdminCredentials, Draft, Inputs, Rotation
from wizard.plan.change import (
    ApplyError,
    Change,
    Plan,
    Progress,
    Report,
    StepFailed,
    Stuck,
)
from wizard.results import Check

ADMIN = AdminCredentials("administrator@corp.test", Secret(CANARY))
INPUTS = Inputs(
    ADMIN, Secret("account"), Secret("code"), Secret("proxy"), keep_account=True
)
NEVER = threading.Event()
DIRECTORY = SETTINGS.directory
IN = ("OU=People,DC=corp,DC=test",)
DRAFT = Draft(SETTINGS.relay, DIRECTORY, IN, "mail", "Pilot")


def calls_of_the_window() -> Iterator[str]:
    """Read what the window asks of the controller: `controller.part.method`, always."""
    for file in Path(ui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and _is_part(node.value):
                assert isinstance(node.value, ast.Attribute)
                yield f"{node.value.attr}.{node.attr}"


def parts_of_the_window() -> int:
    """Count how often it names a part, asked or handed on."""
    files = Path(ui.__file__).parent.rglob("*.py")
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text())))
    return sum(_is_part(node) for node in nodes)


def _is_part(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr not in PARTS:
        return False
    owner = node.value
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return name.removeprefix("_") == "controller"


def test_every_call_of_the_window_has_a_row_and_every_row_is_called() -> None:
    assert set(calls_of_the_window()) == set(NAMES)
    # no part is handed on, which would hide what is asked of it
    assert parts_of_the_window() == len(list(calls_of_the_window()))


def test_what_has_no_row_is_not_there(calling: ServiceClient) -> None:
    remote = remote_controller(calling)
    for ask in (
        lambda: remote.installation.lost,
        lambda: remote.checks.inspect_controllers,
        lambda: remote.permissions.plan_revoke,
        lambda: remote.changes._carry_out,
    ):
        with pytest.raises(AttributeError):
            ask()


def test_what_a_method_does_not_take_is_refused_before_it_is_sent(
    calling: ServiceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "_send", lambda *_: pytest.fail("it was sent"))
    remote: Any = remote_controller(calling)
    with pytest.raises(TypeError, match="too many"):
        remote.installation.installed("x")
    with pytest.raises(TypeError, match="missing"):
        remote.changes.plan(SETTINGS)


def test_what_is_replaced_crosses_with_the_other_inputs() -> None:
    given = replace(INPUTS, rotation=Rotation(sealing=True, password=True))
    assert secret_codec.read(Inputs, secret_codec.spell(given)) == given


def test_no_value_that_crosses_is_bytes() -> None:
    for name in NAMES:
        row = method_of(name)
        for adapter in (row.result, *row.reports.values()):
            assert "binary" not in str(adapter.json_schema(mode="serialization"))


def test_a_check_crosses_with_the_template_and_the_fields_of_its_texts() -> None:
    one = Text("{host} does not answer.", host="dc1")
    check = Check("tls", "Certificate", "failed", one, plural("1 day", "{count}", 2))
    crossing = TypeAdapter(Check)

    read = crossing.validate_python(json.loads(crossing.dump_json(check)))

    assert read == check
    assert (read.detail.template, read.detail.fields) == (one.template, one.fields)
    assert read.title.template == "Certificate"
    assert (read.remedy.many, read.remedy.fields) == ("{count}", {"count": 2})
    assert isinstance(read.more, Text)


ASKED: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("installation.installed", ()),
    ("recovery.find", ()),
    ("checks.find_domain", ()),
    ("checks.containers", (DIRECTORY, INPUTS, IN[0], NEVER)),
    ("checks.find_containers", (DIRECTORY, INPUTS, "Zur", NEVER)),
    ("checks.missing_containers", (DIRECTORY, INPUTS, IN, NEVER)),
    ("checks.people_below", (DIRECTORY, INPUTS, SETTINGS.scope, IN[0], NEVER)),
    ("changes.plan", (SETTINGS, INPUTS)),
    ("changes.plan_removal", (INPUTS,)),
    ("installation.verify", (SETTINGS,)),
    ("installation.portal_details", ()),
    ("installation.test_reset", ("mail", "ada@corp.test", Secret(CANARY))),
    ("installation.test_reset", ("mail", "ada@corp.test", None)),
)


@pytest.mark.parametrize("name", ["relay", "scope", "group", "identifier"])
def test_a_check_comes_back_the_same(
    remote: Controller, stage: ServiceStage, name: str
) -> None:
    direct = FakeController()
    outcomes = [
        each.checks.run(name, DRAFT, INPUTS, NEVER, lambda _: None)
        for each in (remote, direct)
    ]
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].checks
    # the draft has arrived the same, and the secrets
    assert stage.fake.calls == direct.calls == [(f"check {name}", DRAFT, INPUTS)]


def test_a_draft_without_an_answer_arrives_without_it(
    remote: Controller, stage: ServiceStage
) -> None:
    remote.checks.run("relay", Draft(SETTINGS.relay), INPUTS, NEVER, lambda _: None)
    assert stage.fake.calls == [("check relay", Draft(SETTINGS.relay), INPUTS)]


@pytest.mark.parametrize(("name", "arguments"), ASKED)
def test_an_answer_comes_back_the_same(
    remote: Controller, stage: ServiceStage, name: str, arguments: tuple[Any, ...]
) -> None:
    stage.fake.found, stage.fake.cut_off = INSTALLED, RECOVERY
    direct = FakeController(INSTALLED, RECOVERY)
    ask = attrgetter(name)
    assert ask(remote)(*arguments) == ask(direct)(*arguments)
    # the arguments have arrived the same, secrets too
    arrived = [_plain(call) for call in stage.fake.calls]
    assert arrived == [_plain(call) for call in direct.calls]


def _plain(call: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(part) if isinstance(part, list) else part for part in call)


def test_nothing_there_comes_back_as_nothing(remote: Controller) -> None:
    assert remote.installation.installed() is None
    assert remote.recovery.find() is None


def test_the_checks_of_controllers_are_reported(
    remote: Controller, stage: ServiceStage
) -> None:
    stage.fake.inspection = SEVERAL
    reports: list[Any] = []
    outcome = remote.checks.run("controllers", DRAFT, INPUTS, NEVER, reports.append)
    assert reports == [SEVERAL]
    assert outcome.inspection
    assert outcome.inspection.controllers == SEVERAL.controllers
    assert outcome.checks
    assert CHAIN not in repr(INPUTS)


def test_who_could_be_trusted_crosses_with_the_certificate(
    remote: Controller, stage: ServiceStage
) -> None:
    stage.fake.inspection = found = unknown_authority()
    outcome = remote.checks.run("controllers", DRAFT, INPUTS, NEVER, lambda _: None)
    assert outcome.inspection
    assert outcome.inspection.controllers == found.controllers
    offer = outcome.inspection.controllers[0].offer
    assert offer
    ways = {"ca_certificate": offer.pem}
    draft = Draft(directory=DIRECTORY.model_copy(update=ways))
    remote.checks.run("controllers", draft, INPUTS, NEVER, lambda _: None)
    assert stage.fake.calls[-1] == ("check controllers", draft, INPUTS)


def test_changes_are_made_and_each_is_reported(
    remote: Controller, stage: ServiceStage
) -> None:
    reports: list[Progress] = []
    plan = remote.changes.plan(SETTINGS, INPUTS)
    remote.changes.apply(plan, INPUTS, reports.append, NEVER)
    assert [(each.index, each.state) for each in reports] == [
        (index, state) for index in range(6) for state in ("doing", "done")
    ]
    assert [each.change for each in reports[::2]] == list(plan.changes)
    assert stage.fake.named("apply") == [("apply", plan, INPUTS)]


def test_a_failure_comes_with_what_was_taken_back(
    remote: Controller, stage: ServiceStage
) -> None:
    plan = remote.changes.plan(SETTINGS, INPUTS)
    changes = plan.changes
    stuck = (Stuck(changes[0], Text("Somebody changed it.")),)
    error = ApplyError(changes[2], Text("No."), changes[1:2], stuck, changes[3:])
    stage.fake.apply_error = error
    reports: list[Progress] = []
    with pytest.raises(ApplyError, match=r"^No\.$") as caught:
        remote.changes.apply(plan, INPUTS, reports.append, NEVER)
    assert vars(caught.value) == vars(error)
    assert reports[-1].state == "undone"


def test_a_plan_that_this_machine_does_not_make_is_refused(
    remote: Controller, stage: ServiceStage
) -> None:
    plan = remote.changes.plan(SETTINGS, INPUTS)
    stage.fake.planned = plan.changes[1:]
    with pytest.raises(StepFailed, match="The machine changed since"):
        remote.changes.apply(plan, INPUTS, lambda _: None, NEVER)
    assert not stage.fake.named("apply")


@pytest.mark.parametrize("other", [SETTINGS.model_copy(update={"agent": "b"}), None])
def test_a_plan_is_not_applied_for_other_settings_than_it_was_made_for(
    remote: Controller, stage: ServiceStage, other: Settings | None
) -> None:
    plan = remote.changes.plan(SETTINGS, INPUTS)
    stage.fake.planned = plan.changes[1:]
    with pytest.raises(StepFailed, match="The machine changed since"):
        remote.changes.apply(
            replace(plan, settings=other), INPUTS, lambda _: None, NEVER
        )
    assert not stage.fake.named("apply")


def test_a_removal_is_planned_again_as_a_removal(
    remote: Controller, stage: ServiceStage
) -> None:
    plan = remote.changes.plan_removal(INPUTS)
    remote.changes.apply(plan, INPUTS, lambda _: None, NEVER)
    assert stage.fake.named("apply") == [("apply", plan, INPUTS)]
    assert len(stage.fake.named("plan_removal")) == 2
    assert not stage.fake.named("plan")
    stage.fake.calls.clear()
    with pytest.raises(StepFailed, match="The machine changed since"):
        remote.changes.apply(
            replace(plan, settings=SETTINGS), INPUTS, lambda _: None, NEVER
        )
    assert not stage.fake.named("apply")


def test_the_settings_of_a_plan_are_validated_again() -> None:
    data = SETTINGS.model_dump(mode="json") | {"identify_by": "shoe size"}
    plan = {"settings": data, "changes": []}
    text = json.dumps({"method": "changes.apply", "arguments": {"plan": plan}})
    line = spell_sealed(method_of("changes.apply"), {"inputs": INPUTS})
    with pytest.raises(SettingsError) as caught:
        read_call(text, "change").read(line)
    assert [each.path for each in caught.value.problems] == ["identify_by"]


def test_a_plan_and_its_progress_cross_with_their_templates() -> None:
    apply = method_of("changes.apply")
    text = Text("Stops {what}", what=Text("it"))
    change = Change("service", text, {"running": True}, None)
    call = read_call(spell_call(apply, {"plan": Plan(None, (change,))}), "change")
    (read,) = call.read(spell_sealed(apply, {"inputs": INPUTS}))["plan"].changes
    assert read.summary.as_dict() == text.as_dict()
    line = json.loads(
        spell_report(apply, "report", Progress(0, 1, change, "done", text))
    )
    progress: Progress = apply.reports["report"].validate_python(line["value"])
    assert progress.detail.as_dict() == text.as_dict()
    assert progress.change.summary.as_dict() == text.as_dict()


@pytest.mark.parametrize(
    "text", [7, {"template": "{x}", "fields": {"y": 1}}, {"fields": {}}]
)
def test_a_text_that_is_none_is_refused(text: object) -> None:
    change = {"step": "service", "summary": text, "before": None, "after": None}
    plan = {"settings": None, "changes": [change]}
    call = json.dumps({"method": "changes.apply", "arguments": {"plan": plan}})
    line = spell_sealed(method_of("changes.apply"), {"inputs": INPUTS})
    with pytest.raises(BadCall, match="plan is not of its type"):
        read_call(call, "change").read(line)


def test_a_plan_of_permissions_alone_is_taken(
    remote: Controller, stage: ServiceStage
) -> None:
    grants = stage.fake.permissions
    grants.everybody = {Cause.NOT_GRANTED: 1}
    plan = remote.permissions.plan_grant(SETTINGS, INPUTS)
    assert plan.changes
    remote.changes.apply(plan, INPUTS, lambda _: None, NEVER)
    assert stage.fake.named("apply")


class Patient(FakeChanges):
    """Makes a change until it is stopped, and takes it back."""

    def __init__(self, fake: FakeController) -> None:
        super().__init__(fake)
        self.stopped = threading.Event()

    def apply(
        self, plan: Plan, inputs: Inputs, report: Report, stop: threading.Event
    ) -> None:
        changes = plan.changes
        report(Progress(0, len(changes), changes[0], "doing"))
        assert stop.wait(20)
        self.stopped.set()
        report(Progress(0, len(changes), changes[0], "undone"))
        raise ApplyError(None, Text("Stopped."), (changes[0],), ())


def test_a_stop_is_passed_on_and_its_outcome_heard(
    remote: Controller, stage: ServiceStage
) -> None:
    stage.fake.changes = Patient(stage.fake)
    plan = Plan(SETTINGS, stage.fake.planned)
    stop, reports = threading.Event(), []

    def stop_it(progress: Progress) -> None:
        reports.append(progress.state)
        stop.set()

    with pytest.raises(ApplyError, match="Stopped") as caught:
        remote.changes.apply(plan, INPUTS, stop_it, stop)
    assert reports == ["doing", "undone"]
    assert caught.value.undone == stage.fake.planned[:1]


def test_a_window_that_dies_stops_what_it_asked_for(
    remote: Controller, stage: ServiceStage
) -> None:
    stage.fake.changes = patient = Patient(stage.fake)
    plan = Plan(SETTINGS, stage.fake.planned)

    def die(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remote.changes.apply(plan, INPUTS, die, threading.Event())
    assert patient.stopped.wait(20)


def test_everybody_is_judged_and_reported(
    remote: Controller, stage: ServiceStage
) -> None:
    found = []
    for part in (remote.permissions, FakeController().permissions):
        each: list[Any] = []
        reports: list[Any] = []
        came = part.coverage(
            SETTINGS, INPUTS, each=each.append, report=reports.append, stop=NEVER
        )
        found.append((came, each, reports))
    assert found[0] == found[1]
    assert len(found[0][1]) == 1250


def test_findings_and_entries_come_back_the_same(remote: Controller) -> None:
    direct = FakeController().permissions
    found = remote.permissions.about_account(
        SETTINGS, INPUTS, report=lambda _: None, stop=NEVER
    )
    assert found == direct.findings
    plan = Plan(SETTINGS, FakeController().planned)
    entries = remote.permissions.entries(plan, INPUTS)
    assert entries == direct.entries(plan, INPUTS)


def test_a_cut_off_run_is_taken_back(remote: Controller, stage: ServiceStage) -> None:
    stage.fake.cut_off = RECOVERY
    rolled = remote.recovery.recover(INPUTS, lambda _: None)
    assert rolled.undone == FakeController().planned[:3]
    assert remote.recovery.find() is None
    assert remote.installation.portal_details() == PORTAL_DETAILS
