"""The packages, built where they are not yet of these sources."""

from dataclasses import dataclass
from pathlib import Path

from installer.build import build
from installer.package_specs import RECIPES
from lab.steps import silent


@dataclass(frozen=True, slots=True)
class Packages:
    """Four files of one version; they are shared by all tests: never write to them."""

    agent_deb: Path
    agent_rpm: Path
    wizard_deb: Path
    wizard_rpm: Path


def built(version: str | None = None) -> Packages:
    """Build what is missing and give the files; `version` is else the project's."""
    return Packages(*build(list(RECIPES), version, silent))


def built_agent(version: str | None = None) -> Path:
    """Build the agent's packages alone and give the .deb."""
    return build(["agent"], version, silent)[0]
