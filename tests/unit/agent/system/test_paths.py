"""Where the agent's files lie."""

from pathlib import Path

import pytest

from agent.platform import detect
from agent.platform.windows.platform import WindowsPlatform
from agent.system.paths import Paths
from tests.fixtures.windows.fake_win32 import FakeWin32


@pytest.mark.parametrize(
    "places", [Paths.of_system(), Paths.of_windows(Path("/ProgramData/Writeback"))]
)
def test_what_root_reads_again_is_not_the_agents_to_write(places: Paths) -> None:
    for kept in (places.journal, places.settings, places.enrolment, places.secrets):
        assert not kept.is_relative_to(places.state)
        assert not kept.is_relative_to(places.log.parent)


def test_a_machine_keeps_them_as_its_system_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Paths.of_machine() == Paths.of_system()
    windows = WindowsPlatform(FakeWin32(), {"ProgramData": "/of/whoever/starts/it"})
    monkeypatch.setattr(detect, "_chosen", lambda: windows)
    places = Paths.of_machine()
    assert places == Paths.of_windows(Path("/ProgramData/Writeback"))
    # nothing of an installation is elsewhere
    below = {path for path in vars(places).values() if path != places.home}
    assert all(path.is_relative_to(places.home) for path in below)
