"""`./dev` leaves nobody without a word: a long step tells what it is at."""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
# ends when its reader has seen a word of it
WAITS = """
import pathlib, sys, time
print("Collecting something large", flush=True)
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
"""


class Reader:
    """Standard error as a person reads it; leaves a file once it is told something."""

    def __init__(self, seen: Path) -> None:
        self.said, self._seen = "", seen

    def write(self, text: str) -> int:
        self.said += text
        if "Collecting something large" in self.said:
            self._seen.touch()
        return len(text)

    def flush(self) -> None:
        pass


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, with a folder of its own and little patience."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(module, "LAB", tmp_path)
    monkeypatch.setattr(module, "LOG", tmp_path / "setup.log")
    monkeypatch.setattr(module, "SILENT_S", 0.05)
    return module


def test_a_long_step_says_what_it_is_at(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    reader = Reader(seen)
    monkeypatch.setattr(sys, "stderr", reader)
    dev.logged([sys.executable, "-c", WAITS, str(seen)], "it failed")
    assert " s: Collecting something large\n" in reader.said


def test_a_step_that_fails_shows_the_end_of_its_log(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    fails = "import sys; print('no room'); sys.exit(1)"
    with pytest.raises(SystemExit):
        dev.logged([sys.executable, "-c", fails], "it failed")
    assert "it failed:\n" in capsys.readouterr().err


def test_nobody_waits_longer_than_10_s() -> None:
    assert "\nSILENT_S = 10.0\n" in (ROOT / "dev").read_text()
