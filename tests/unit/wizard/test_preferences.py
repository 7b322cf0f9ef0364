"""What a person chose is there at the next start, and harms nobody where it is not."""

from pathlib import Path

import pytest

from wizard.preferences import LANGUAGE, file_of, prefer, preferred


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "writeback/preferences.json"


def test_no_test_reads_or_writes_what_its_developer_prefers(
    own_preferences: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # as every test begins
    assert preferred(LANGUAGE) == ""
    assert prefer(LANGUAGE, "de")
    assert [each.name for each in own_preferences.iterdir()] == ["writeback"]


def test_a_choice_is_kept_beside_others() -> None:
    assert preferred(LANGUAGE) == ""
    assert prefer("scheme", "dark")
    assert prefer(LANGUAGE, "de")
    assert (preferred(LANGUAGE), preferred("scheme")) == ("de", "dark")
    assert prefer(LANGUAGE, "")
    assert (preferred(LANGUAGE), preferred("scheme")) == ("", "dark")


@pytest.mark.parametrize(
    "text",
    ["", "[]", '"de"', '{"language": 7}', "{", "[" * 5000, " " * 5000, "\udcff"],
)
def test_what_is_no_preference_is_none(text: str, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(text, errors="surrogateescape")
    assert preferred(LANGUAGE) == ""


def test_a_choice_that_can_not_be_kept_is_said(file: Path) -> None:
    file.parent.write_text("no folder")
    assert not prefer(LANGUAGE, "de")
    assert preferred(LANGUAGE) == ""


def test_the_file_is_where_the_desktop_keeps_such() -> None:
    assert file_of({"XDG_CONFIG_HOME": "/x"}) == Path("/x/writeback/preferences.json")
    home = Path.home() / ".config/writeback/preferences.json"
    assert file_of({}) == file_of({"XDG_CONFIG_HOME": "relative"}) == home
