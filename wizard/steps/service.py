"""The agent's service: started, or restarted only when what it reads has changed."""

from collections.abc import Sequence

from agent.config.settings_file import digest
from wire.failure import joined, sentence
from wire.text import EMPTY, Text, verbatim
from wizard.host.interface import REPLACE, Service, ServiceFailed
from wizard.host.service_status import nobody_reached, twin, waits_for
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.step import Restart, Step, Target
from wizard.results import Check, State
from wizard.steps.account import sets_password

READY_S = 45.0
_START, _RELOAD = "start", "hand over"


class ServiceStep(Step):
    """Starts the agent and waits until it is ready."""

    name = "service"

    def plan(self, target: Target) -> Sequence[Change]:
        host, wanted = target.context.host, digest(target.settings)
        service, restart = host.service(), target.restart
        # edited by hand, changed by a run that was cut off, or a renewed certificate
        if service.status.get("settings") not in (None, wanted):
            restart = max(restart, Restart.RELOAD)
        # one that waits for a relay or a controller goes on trying: another would too
        waits = service.running and bool(waits_for(service.status))
        serves = service.answers and (service.ready or waits)
        if serves and not service.outdated and not restart:
            return ()
        summary = Text("Starts the agent and waits until it is ready")
        how = _START
        # one that never got ready hands nothing over (systemd reloads active units)
        reloads = host.reload is not None and service.ready
        if service.running and (restart is Restart.RESTART or not reloads):
            summary = Text("Restarts the agent; it answers what is under way first")
        elif service.running:
            why = service.outdated or Text("it reads what was changed")
            summary = Text("Replaces the running agent process: {why}", why=why)
            how = _RELOAD
        before = {"running": True} if service.running else None
        after = {"running": True, "how": how, "settings": wanted}
        return (Change(self.name, summary, before, after),)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        if not context.host.service().running:
            return ()
        summary = Text("Stops the agent; it answers what is under way first")
        return (Change(self.name, summary, {"running": True}, None),)

    def reversal(self, change: Change) -> Text:
        if change.before is None:
            return Text("Stops the agent.")
        return Text("Starts the agent of before, with the settings of before.")

    def apply(self, change: Change, context: Context) -> Facts:
        if change.after is None:
            context.host.stop_service()
            return {}
        if _reloads(change):
            _hand_over(change, context)
        else:
            context.host.stop_service()
            _start(context)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        # what it reads is taken back after this; `resume` has it read that then
        if begun.change.after is not None and not _reloads(begun.change):
            context.host.stop_service()

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        return Text("The agent's service, running or not.")

    def verify(self, target: Target) -> Sequence[Check]:
        service = target.context.host.service()
        state, detail, remedy = _judged(service, digest(target.settings))
        return (Check(self.name, Text("Agent"), state, detail, remedy),)


def _judged(service: Service, settings: str) -> tuple[State, Text, Text]:
    """Judge what runs, by the digest of the settings that it should run with."""
    if not service.answers:
        detail = Text("It runs, but it does not answer.")
        return "failed", detail, Text("Run writeback repair: that starts it anew.")
    if service.status.get("settings") not in (None, settings):
        detail = Text("It runs with other settings or certificates than these.")
        return "failed", detail, Text("Apply the settings.")
    if who := twin(service.status):
        remedy = Text("{why}.", why=who)
        return (
            "failed",
            Text("It runs, but something else answers in its name."),
            remedy,
        )
    if service.ready and (nobody := nobody_reached(service.status)):
        detail = joined(Text("It works, but nobody can be reset."), sentence(nobody))
        return "failed", detail, Text("Run writeback permissions check.")
    if service.ready and service.outdated:
        detail = Text("It works, but {why}.", why=service.outdated)
        return "warning", detail, sentence(REPLACE)
    if service.ready:
        detail = Text("It runs, the relay link is up and a controller answered.")
        return "ok", detail, EMPTY
    why = waits_for(service.status) if service.running else EMPTY
    if why:
        remedy = Text("Fix what it names; it goes on trying by itself.")
        return "failed", Text("It is not ready. {why}", why=why), remedy
    detail = Text("It is not ready.") if service.running else Text("It does not run.")
    return "failed", detail, Text("Apply the settings again: that starts it anew.")


def _hand_over(change: Change, context: Context) -> None:
    assert change.after is not None
    # twice: it may be one that was asked for before, as by an upgrade
    for _ in range(2):
        _reload(context)
        runs_with = context.host.service().status.get("settings")
        if runs_with in (None, change.after.get("settings")):
            return
    what = Text("The new agent process runs with other settings.")
    remedy = Text("Somebody else may have changed them; look at them and apply again.")
    raise StepFailed(what, remedy)


def _start(context: Context) -> None:
    context.host.start_service()
    context.host.wait_ready(READY_S)


def _reloads(change: Change) -> bool:
    return change.after is not None and change.after.get("how") == _RELOAD


def _reload(context: Context) -> None:
    reload = context.host.reload
    if reload is None:
        why = Text(
            "No new agent process is ready within {seconds} s.", seconds=round(READY_S)
        )
        raise ServiceFailed(why)
    reload(READY_S)


def resume(context: Context, undone: Sequence[Change]) -> Text:
    """Start the agent of an installation that a roll-back brought back.

    Gives why it is not ready; empty when it is, or when there is none.
    """
    if context.host.read(context.host.places.settings) is None or context.is_copy:
        return EMPTY  # there is none, or what is there is another machine's
    try:
        if context.host.service().running and any(map(_reloads, undone)):
            _reload(context)
        if any(map(sets_password, undone)):
            context.host.stop_service()  # it may have a password that is none now
        _start(context)
    except ServiceFailed as error:
        return verbatim(error.what)
    return EMPTY
