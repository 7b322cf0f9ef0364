"""Seals the secrets of a system that could not do so when they were made.

systemd seals from version 250 on; until then they are files that only root can read.
The drop-in names the files (`wizard.steps.service_unit`). It is written anew between
the two steps here: sealed beside the plain ones, the drop-in, and without the plain
ones. So the agent can start wherever the power fails.
"""

from collections.abc import Sequence

from wire.text import Text
from wizard.host.interface import Sealing, ServiceFailed
from wizard.plan.change import Begun, Change, Context, Facts
from wizard.plan.step import Step, Target
from wizard.results import Check


class SealedSecrets(Step):
    """Seals what is kept in plain files, once systemd can do it."""

    name = "sealing"

    def plan(self, target: Target) -> Sequence[Change]:
        names = _unsealed(target.context)
        if not names:
            return ()
        summary = Text("Has systemd seal the secrets, which are in plain files so far")
        plain, sealed = ({"names": names, "sealed": each} for each in (False, True))
        return (Change(self.name, summary, plain, sealed),)

    def apply(self, change: Change, context: Context) -> Facts:
        for name in change.secret_names:
            _sealing(context).seal(name)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        for name in begun.change.secret_names:
            _sealing(context).unseal(name)

    def verify(self, target: Target) -> Sequence[Check]:
        names = _unsealed(target.context)
        if not names:
            return ()
        detail = Text(
            "In files that only root can read: {names}.", names=", ".join(names)
        )
        remedy = Text("systemd can seal them by now: run writeback repair.")
        return (Check(self.name, Text("Secrets"), "warning", detail, remedy),)


class PlainFiles(Step):
    """Removes the plain files, once the agent has started with the sealed ones."""

    name = "plain"

    def plan(self, target: Target) -> Sequence[Change]:
        sealing = target.context.host.sealing
        names = [] if sealing is None else list(sealing.in_plain())
        if not names:
            return ()
        summary = Text(
            "Removes the plain files of the secrets, which are sealed by then"
        )
        return (Change(self.name, summary, {"names": names}, None),)

    def apply(self, change: Change, context: Context) -> Facts:
        for name in change.secret_names:
            _sealing(context).keep_plain(name, kept=False)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        for name in begun.change.secret_names:
            _sealing(context).keep_plain(name, kept=True)


def _unsealed(context: Context) -> list[str]:
    sealing = context.host.sealing
    return [] if sealing is None else list(sealing.unsealed())


def _sealing(context: Context) -> Sealing:
    sealing = context.host.sealing
    if sealing is None:
        why = Text("Secrets can't be sealed here, nor be in plain files.")
        raise ServiceFailed(why)
    return sealing
