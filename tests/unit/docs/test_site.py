"""The first settings file: what it shows is what the schema takes, all of it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from agent.config.settings import Settings
from agent.config.settings_file import parse, schema
from installer import source_hash
from installer.paths import REPOSITORY
from installer.staging import DOCUMENTS

FILE = Path(__file__).parents[3] / "docs/site.yaml"


def whole() -> str:
    """The file with every setting that it shows."""
    return re.sub(
        r"^( *)#(?=\S)|^( *)#(?=  - )", r"\1\2", FILE.read_text(), flags=re.MULTILINE
    )


def named(data: Any, path: str = "") -> Iterator[str]:
    """Give the dotted paths of what a file says; of a list's items as of one."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield f"{path}{key}"
            yield from named(value, f"{path}{key}.")
    elif isinstance(data, list):
        for item in data:
            yield from named(item, path)


def described(part: Any, path: str = "") -> Iterator[str]:
    """Give the dotted paths that the schema describes."""
    definitions = schema()["$defs"]
    for each in (part, *part.get("anyOf", ()), *part.get("allOf", ())):
        name = each.get("$ref", "").rpartition("/")[2]
        for key, value in definitions.get(name, each).get("properties", {}).items():
            yield f"{path}{key}"
            yield from described(value, f"{path}{key}.")
        if "items" in each:
            yield from described(each["items"], path)


def test_it_is_taken_as_it_is() -> None:
    assert isinstance(parse(FILE.read_text()), Settings)


def test_it_is_taken_with_everything_it_shows() -> None:
    assert isinstance(parse(whole()), Settings)


def test_it_shows_every_setting_and_the_defaults_as_they_are() -> None:
    assert set(named(yaml.safe_load(whole()))) == set(described(schema()))
    few, all_of_it = parse(FILE.read_text()), parse(whole())
    for part in ("features", "limits", "identify_by", "monitoring"):
        assert getattr(few, part) == getattr(all_of_it, part)


def test_each_package_of_the_agent_has_it(tmp_path: Path) -> None:
    assert "docs/site.yaml" in DOCUMENTS["agent"]
    copied = tmp_path / "copied"
    source_hash.copy(REPOSITORY, copied)
    assert (copied / "docs/site.yaml").read_bytes() == FILE.read_bytes()
