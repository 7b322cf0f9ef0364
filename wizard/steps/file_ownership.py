"""Owners and modes of what was installed, and the program as the package brought it.

Mended where they differ; but a secret that others could read is not: it may have been
read, so the secret store refuses it until it is replaced.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent.config.settings import Settings
from wizard.host.interface import Misplaced, Protection
from wizard.plan.change import Change, Context, Facts
from wizard.results import Check


class FileOwnership:
    """Gives files back the protection they were made with."""

    name = "files"

    def plan(
        self,
        wanted: Settings,  # noqa: ARG002 - it is the same for all settings
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it depends on none
    ) -> Sequence[Change]:
        return [self._change(each) for each in context.host.misplaced()]

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - nothing is made here
        context: Context,  # noqa: ARG002
    ) -> Sequence[Change]:
        return ()

    def apply(self, change: Change, context: Context) -> Facts:
        _protect(change.after, context)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        with contextlib.suppress(FileNotFoundError):  # an empty folder went
            _protect(change.before, context)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:  # noqa: ARG002
        rows = [
            Check(
                self.name,
                f"Protection of {each.path}",
                "failed",
                f"It is {each.now}, and should be {each.wanted}.",
                "Run writeback repair.",
            )
            for each in context.host.misplaced()
        ]
        return [*rows, *self._program(context)]

    def _program(self, context: Context) -> Sequence[Check]:
        damaged, title = context.host.damaged(), "Program"
        if damaged is None:
            told = "Not compared with its package: neither dpkg nor rpm can tell of it."
            return (Check(self.name, title, "info", told),)
        if not damaged:
            return ()
        told = f"Not as the package brought it: {', '.join(map(str, damaged))}."
        remedy = "Install the package again."
        return (Check(self.name, title, "failed", told, remedy),)

    def _change(self, found: Misplaced) -> Change:
        summary = f"Protects {found.path}: {found.now} becomes {found.wanted}"
        before, after = (
            {"path": str(found.path), **asdict(each)}
            for each in (found.now, found.wanted)
        )
        return Change(self.name, summary, before, after)


def _protect(facts: Mapping[str, Any] | None, context: Context) -> None:
    assert facts is not None
    wanted = Protection(facts["user"], facts["group"], facts["mode"])
    context.host.protect(Path(facts["path"]), wanted)
