"""Seals the secrets of a system that could not do so when they were made.

systemd seals from version 250 on; until then they are files that only root can read.
The drop-in names the files (`wizard.steps.service_unit`). It is written anew between
the two steps here: sealed beside the plain ones, the drop-in, and without the plain
ones. So the agent can start wherever the power fails.
"""

from collections.abc import Sequence

from agent.config.settings import Settings
from wizard.plan.change import Change, Context, Facts
from wizard.results import Check


class SealedSecrets:
    """Seals what is kept in plain files, once systemd can do it."""

    name = "sealing"

    def plan(
        self,
        wanted: Settings,  # noqa: ARG002 - it is the same for all settings
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it depends on none
    ) -> Sequence[Change]:
        names = list(context.host.unsealed())
        if not names:
            return ()
        summary = "Has systemd seal the secrets, which are in plain files so far"
        plain, sealed = ({"names": names, "sealed": each} for each in (False, True))
        return (Change(self.name, summary, plain, sealed),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - the keys go by their own step
        context: Context,  # noqa: ARG002
    ) -> Sequence[Change]:
        return ()

    def apply(self, change: Change, context: Context) -> Facts:
        assert change.after is not None
        for name in change.after["names"]:
            context.host.seal(name, sealed=True)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        assert change.after is not None
        for name in change.after["names"]:
            context.host.seal(name, sealed=False)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:  # noqa: ARG002
        names = context.host.unsealed()
        if not names:
            return ()
        told = f"In files that only root can read: {', '.join(names)}."
        remedy = "systemd can seal them by now: run writeback repair."
        return (Check(self.name, "Secrets", "warning", told, remedy),)


class PlainFiles:
    """Removes the plain files, once the agent has started with the sealed ones."""

    name = "plain"

    def plan(
        self,
        wanted: Settings,  # noqa: ARG002 - it is the same for all settings
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - what is of no use is replaced
    ) -> Sequence[Change]:
        names = list(context.host.in_plain())
        if not names:
            return ()
        summary = "Removes the plain files of the secrets, which are sealed by then"
        return (Change(self.name, summary, {"names": names}, None),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - the keys go by their own step
        context: Context,  # noqa: ARG002
    ) -> Sequence[Change]:
        return ()

    def apply(self, change: Change, context: Context) -> Facts:
        assert change.before is not None
        for name in change.before["names"]:
            context.host.keep_plain(name, kept=False)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        assert change.before is not None
        for name in change.before["names"]:
            context.host.keep_plain(name, kept=True)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:  # noqa: ARG002
        return ()  # `Sealing` tells of them
