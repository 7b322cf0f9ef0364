"""The reference client from a shell."""

from pathlib import Path

import pytest

from docs.portal import main


def test_no_answer_is_told_in_a_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = str(tmp_path / "portal.json")
    words = ["--portal", path, "--fingerprint", "AB12", "check", "srv1", "mail", "x"]
    monkeypatch.setattr("sys.argv", ["portal.py", *words])
    assert main() == 2
    error = capsys.readouterr().err
    assert path in error
    assert error.count("\n") == 1
