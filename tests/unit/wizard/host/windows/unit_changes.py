"""The service's entry as a plan changes it: planned, made, taken back, looked at."""

from tests.unit.wizard.answered import SETTINGS
from wizard.host.windows.host import WindowsHost
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.change import Begun, Change, Context, Facts, allow_all
from wizard.plan.step import Target
from wizard.steps.service_unit import ServiceUnit


def context(host: WindowsHost) -> Context:
    return Context(host, Inputs(), allow_all)


def planned(host: WindowsHost) -> Change:
    (change,) = ServiceUnit().plan(Target(SETTINGS, context(host)))
    return change


def apply(host: WindowsHost) -> Change:
    change = planned(host)
    ServiceUnit().apply(change, context(host))
    return change


def sealed(host: WindowsHost) -> Change:
    """Apply it as a whole plan: what it made is what was accepted."""
    change = planned(host)
    begun = journal.begin(host.places.journal, (change,))
    begun.intend(0, change)
    begun.did(0, ServiceUnit().apply(change, context(host)))
    begun.seal()
    return change


def undo(host: WindowsHost, change: Change, made: Facts | None = None) -> None:
    """Take it back; without what came of it, as where it was cut off."""
    ServiceUnit().undo(Begun(0, change, made), context(host))


def state(host: WindowsHost) -> tuple[str, str]:
    (row,) = ServiceUnit().verify(Target(SETTINGS, context(host)))
    return row.state, row.detail
