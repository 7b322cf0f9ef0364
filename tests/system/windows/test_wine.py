"""Wine's lab itself: the product starts in it, and what runs too long is ended."""

import time

import pytest

from installer import source_hash
from lab.chroot.errors import LabError
from lab.windows.session import Session

# a root of its own, three minutes where it isn't there, and half a minute each time
pytestmark = pytest.mark.slow


def test_the_products_python_is_of_windows(wine: Session, python: str) -> None:
    said = wine.checked("wine", python, "-c", "import sys; print(sys.platform)")
    assert said.split() == ["win32"]


def test_the_command_line_starts(wine: Session, python: str) -> None:
    program = python.replace(r"python\python.exe", "writeback.exe")
    said = wine.checked("wine", program, "--version")
    assert said.split() == [source_hash.project_version()]


def test_what_takes_too_long_is_ended(wine: Session) -> None:
    began = time.monotonic()
    with pytest.raises(LabError, match="ran for 1 s"):
        wine.run("sleep", "600", limit_s=1)
    assert time.monotonic() - began < 60


def test_a_failure_has_what_was_said(wine: Session) -> None:
    with pytest.raises(LabError, match="failed with 3") as raised:
        wine.checked("sh", "-c", "echo why >&2; exit 3")
    assert str(raised.value.remedy) == "why"
