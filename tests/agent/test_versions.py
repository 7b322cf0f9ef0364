"""Settings of other versions: older ones are brought up, newer ones never guessed."""

from pathlib import Path
from typing import Any

import pytest

from agent import settings
from agent.settings import SettingsError
from agent.versions import brought_up, kept_name, refuse_newer
from tests.agent.test_settings import GOOD


def first(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "name": data.pop("called")}


def second(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "kind": "new"}


STEPS = {1: first, 2: second}


def test_each_version_makes_the_next() -> None:
    old = {"version": 1, "called": "a"}
    assert brought_up(old, 3, STEPS) == {
        "version": 3,
        "called": "a",
        "name": "a",
        "kind": "new",
    }
    assert old == {"version": 1, "called": "a"}
    assert brought_up({"version": 2, "name": "a"}, 3, STEPS)["kind"] == "new"


@pytest.mark.parametrize("version", [3, 4, 0, True, "1", None])
def test_what_is_no_older_version_is_left_for_the_rules(version: object) -> None:
    data = {"version": version}
    assert brought_up(data, 3, STEPS) is data


def test_a_newer_file_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match="versions up to 1") as refused:
        refuse_newer({"version": 2}, "/etc/writeback/settings.yaml")
    assert "settings.v1.yaml" in str(refused.value)


def test_a_program_taken_back_finds_the_file_it_can_read(tmp_path: Path) -> None:
    place = tmp_path / "settings.yaml"
    chosen = settings.validate(GOOD)
    place.write_text(settings.dump(chosen).replace("version: 1", "version: 2"))
    with pytest.raises(SettingsError, match="version"):
        settings.load(place)
    kept_name(place, 1).write_text(settings.dump(chosen))
    assert settings.load(place) == chosen
    # a file of this version that is wrong is not passed over for an older one
    place.write_text("version: 1\n")
    with pytest.raises(SettingsError, match="agent"):
        settings.load(place)
