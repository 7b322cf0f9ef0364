"""What a person prefers, kept for the next start: a small file of that person's own.

Nothing of an installation depends on it. What can't be read is as if nothing was
chosen, and what can't be kept is lost at the end of the program: neither stops a
program that has better things to do.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

LANGUAGE = "language"
SCHEME = "scheme"  # of colours
PORTAL = "portal"  # the address of the one that was signed in to last
_MOST = 4096  # bytes; a file that is larger is none of ours


def file_of(environment: Mapping[str, str]) -> Path:
    """Give the file, by the XDG Base Directory Specification."""
    folder = environment.get("XDG_CONFIG_HOME", "")
    home = Path(folder) if folder.startswith("/") else Path.home() / ".config"
    return home / "writeback/preferences.json"


def preferred(name: str) -> str:
    """Give what was chosen; empty where nothing was."""
    value = _read().get(name)
    return value if isinstance(value, str) else ""


def prefer(name: str, value: str) -> bool:
    """Keep a choice, empty for none any more; False where it can't be kept."""
    kept = {**_read(), name: value}
    file = file_of(os.environ)
    text = json.dumps({key: each for key, each in kept.items() if each}, indent=1)
    fresh = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_text(f"{text}\n", "utf-8")
        fresh.replace(file)
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return True


def _read() -> dict[str, object]:
    try:
        with file_of(os.environ).open("rb") as file:
            data = file.read(_MOST + 1)
        read = json.loads(data) if len(data) <= _MOST else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
