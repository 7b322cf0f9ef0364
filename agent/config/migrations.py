"""Settings files of other versions: older ones are brought up, newer ones are refused.

Each version has one function that makes the next one's data of it. The file itself is
changed only by the wizard, which keeps the old one beside it under its version's name;
so a program that was taken back to an older version finds the file it can read.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agent.config.errors import Problem, SettingsError
from wire.text import Text

VERSION = 2
Data = dict[str, Any]


def _without_self_service(data: Data) -> Data:
    """Bring version 1 up: there was no self_service, so nobody may."""
    return data


# from which version -> what makes the next one of it
MIGRATIONS: Mapping[int, Callable[[Data], Data]] = {1: _without_self_service}


def version_of(data: Mapping[str, Any]) -> int | None:
    """Give the version that settings say they are of; None when it is no number."""
    version = data.get("version")
    return (
        version if isinstance(version, int) and not isinstance(version, bool) else None
    )


def brought_up(
    data: Data,
    current: int = VERSION,
    migrations: Mapping[int, Callable[[Data], Data]] = MIGRATIONS,
) -> Data:
    """Make settings of this version of older ones; others stay as they are."""
    version = version_of(data)
    if version is None or not 1 <= version < current:
        return data
    for older in range(version, current):
        data = {**migrations[older](dict(data)), "version": older + 1}
    return data


def refuse_newer(data: Mapping[str, Any], source: str, current: int = VERSION) -> None:
    """Refuse settings that a newer program wrote, with what to do: SettingsError."""
    version = version_of(data)
    if version is not None and version > current:
        rule = Text(
            "is {version}, and this program knows versions up to {current}; install "
            "the newer program again, or put {file} in place of the file",
            version=version,
            current=current,
            file=kept_name(Path(source), current).name,
        )
        raise SettingsError(source, (Problem("version", rule),))


def kept_name(path: Path, version: int) -> Path:
    """Name the file that keeps the settings of an older version."""
    return path.with_name(f"{path.stem}.v{version}{path.suffix}")
