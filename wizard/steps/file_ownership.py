"""Owners and modes of what was installed, and the program as the package brought it.

Mended where they differ; but a secret that others could read is not: it may have been
read, so the secret store refuses it until it is replaced.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from wire.text import Text
from wizard.host.interface import Misplaced, Protection, ServiceFailed
from wizard.plan.change import Begun, Change, Context, Facts
from wizard.plan.step import Step, Target
from wizard.results import Check


class FileOwnership(Step):
    """Gives files back the protection they were made with."""

    name = "files"

    def plan(self, target: Target) -> Sequence[Change]:
        return [self._change(each) for each in _misplaced(target.context)]

    def apply(self, change: Change, context: Context) -> Facts:
        _protect(change.after, context)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        with contextlib.suppress(FileNotFoundError):  # an empty folder went
            _protect(begun.change.before, context)

    def verify(self, target: Target) -> Sequence[Check]:
        rows = [
            Check(
                self.name,
                Text("Protection of {path}", **_words(each)),
                "failed",
                Text("It is {now}, and should be {wanted}.", **_words(each)),
                Text("Run writeback repair."),
            )
            for each in _misplaced(target.context)
        ]
        return [*rows, *self._program(target.context)]

    def _program(self, context: Context) -> Sequence[Check]:
        package, title = context.host.package, Text("Program")
        if package is None:
            return ()
        damaged = package.damaged()
        if damaged is None:
            detail = Text(
                "Not compared with its package: neither dpkg nor rpm knows it."
            )
            return (Check(self.name, title, "info", detail),)
        if not damaged:
            return ()
        detail = Text(
            "Not as the package brought it: {paths}.",
            paths=", ".join(map(str, damaged)),
        )
        remedy = Text("Install the package again.")
        return (Check(self.name, title, "failed", detail, remedy),)

    def _change(self, file: Misplaced) -> Change:
        summary = Text("Protects {path}: {now} becomes {wanted}", **_words(file))
        before, after = (
            {"path": str(file.path), **asdict(each)} for each in (file.now, file.wanted)
        )
        return Change(self.name, summary, before, after)


def _words(file: Misplaced) -> dict[str, str]:
    return {name: str(part) for name, part in vars(file).items()}


def _misplaced(context: Context) -> Sequence[Misplaced]:
    ownership = context.host.ownership
    return () if ownership is None else ownership.misplaced()


def _protect(facts: Facts | None, context: Context) -> None:
    assert facts is not None
    protection = Protection(facts["user"], facts["group"], facts["mode"])
    path, ownership = Path(facts["path"]), context.host.ownership
    if ownership is None:
        why = Text(
            "{path} can't be made {protection} here.",
            path=str(path),
            protection=str(protection),
        )
        raise ServiceFailed(why)
    ownership.protect(path, protection)
