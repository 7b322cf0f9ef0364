"""Settings of other versions: older ones are brought up, newer ones never guessed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.config import settings_file
from agent.config.errors import SettingsError
from agent.config.migrations import (
    MIGRATIONS,
    VERSION,
    brought_up,
    kept_name,
    refuse_newer,
)
from tests.unit.agent.config.test_settings import GOOD


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
    with pytest.raises(SettingsError, match="versions up to 2") as refused:
        refuse_newer({"version": 3}, "/etc/writeback/settings.yaml")
    assert "settings.v2.yaml" in str(refused.value)


def test_a_program_taken_back_finds_the_file_it_can_read(tmp_path: Path) -> None:
    place = tmp_path / "settings.yaml"
    chosen = settings_file.validate(GOOD)
    place.write_text(settings_file.dump(chosen).replace("version: 2", "version: 3"))
    with pytest.raises(SettingsError, match="version"):
        settings_file.load(place)
    kept_name(place, 2).write_text(settings_file.dump(chosen))
    assert settings_file.load(place) == chosen
    # a file of this version that is wrong is not passed over for an older one
    place.write_text("version: 2\n")
    with pytest.raises(SettingsError, match="agent"):
        settings_file.load(place)


RECORDED = Path(__file__).parents[3] / "data/settings"
KEPT = {
    "agent": "berlin-1",
    "relay": "https://relay.corp.example:8443",
    "domain": "corp.example",
    "containers": (
        "OU=People,DC=corp,DC=example",
        r"OU=Sales\, West,DC=corp,DC=example",
    ),
    "limit": 5,
}


def test_each_version_there_ever_was_has_its_recorded_file() -> None:
    """A new version adds tests/data/settings/vN.yaml, and its migration."""
    wanted = {f"v{version}.yaml" for version in range(1, VERSION + 1)}
    assert {path.name for path in RECORDED.iterdir()} == wanted
    assert set(MIGRATIONS) == set(range(1, VERSION))


@pytest.mark.parametrize("path", sorted(RECORDED.iterdir()), ids=lambda path: path.stem)
def test_a_recorded_file_is_read_as_the_present_settings(path: Path) -> None:
    text = path.read_text()
    assert settings_file.text_version(text) == int(path.stem.removeprefix("v"))
    settings = settings_file.load(path)
    kept = (settings.agent, settings.relay.url, settings.directory.domain)
    more = (settings.scope.containers, settings.limits.per_user_per_hour)
    assert (*kept, *more) == tuple(KEPT.values())


def test_the_newest_recorded_file_has_every_setting() -> None:
    path = RECORDED / f"v{VERSION}.yaml"
    assert yaml.safe_load(path.read_text()) == yaml.safe_load(
        settings_file.dump(settings_file.load(path))
    )
