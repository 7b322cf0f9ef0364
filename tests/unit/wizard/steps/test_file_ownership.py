"""Owners and modes: put back, also where a folder went meanwhile."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.wizard.fake_host import FakeHost, on
from wire.text import Text
from wizard.host.interface import Misplaced, Ownership, Protection
from wizard.plan.change import Begun, Change
from wizard.steps.file_ownership import FileOwnership


def test_what_went_with_a_roll_back_needs_no_protection(
    host: FakeHost,
) -> None:
    class Modes(Ownership):
        def misplaced(self) -> Sequence[Misplaced]:
            return ()

        def protect(self, path: Path, wanted: Protection) -> None:
            path.chmod(int(wanted.mode, 8))

    host.ownership = Modes()
    folder = host.places.secrets
    folder.mkdir(parents=True)
    was, wanted = (
        {"path": str(folder), "user": "root", "group": "root", "mode": mode}
        for mode in ("755", "700")
    )
    change = Change("files", Text("Protects the folder"), was, wanted)
    FileOwnership().apply(change, on(host))
    folder.rmdir()  # empty again, it goes with the last secret
    FileOwnership().undo(Begun(0, change, {}), on(host))
    with pytest.raises(FileNotFoundError):
        FileOwnership().apply(change, on(host))
