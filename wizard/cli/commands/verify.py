"""Verify: everything compared with the settings."""

from agent.config.settings import Settings
from wire.text import Text, moment
from wizard.cli.command import SETTINGS, Command
from wizard.cli.output import Exit, Result, checks_data, checks_text
from wizard.controller.controller import Controller
from wizard.results import Check


def verify(controller: Controller, settings: Settings) -> Result:
    """Compare everything with the settings."""
    rows = (*_cut_off(controller), *controller.installation.verify(settings))
    bad = any(row.state in ("failed", "warning") for row in rows)
    code = Exit.FINDINGS if bad else Exit.DONE
    return Result(code, checks_text(rows), {"checks": checks_data(rows)})


def _cut_off(controller: Controller) -> tuple[Check, ...]:
    """Tell of a run that was cut off: nothing can be applied before it is settled."""
    cut_off = controller.recovery.find()
    if cut_off is None:
        return ()
    at = moment(cut_off.started)
    detail = Text("It was begun {time} UTC and cut off.", time=at)
    remedy = Text("Run writeback rollback first.")
    return (Check("journal", Text("An earlier run"), "failed", detail, remedy),)


VERIFY = Command(
    "verify",
    Text("compare everything with the settings"),
    (SETTINGS,),
    lambda call: verify(call.controller, call.settings()),
    reads=True,
)
