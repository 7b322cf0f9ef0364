"""The project's file names each package that the programs are made of."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_PROGRAMS = ("agent", "portal", "relay", "rollout", "wire", "wizard")


def test_a_wheel_would_hold_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    made = {
        ".".join(place.parent.relative_to(ROOT).parts)
        for name in _PROGRAMS
        for place in (ROOT / name).rglob("__init__.py")
    }
    assert set(project["tool"]["setuptools"]["packages"]) == made | {"resources"}
