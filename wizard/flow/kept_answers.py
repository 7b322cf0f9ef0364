"""Answers of an installation that was left: kept for the person who gave them.

They lie in the person's own state folder, where nobody else reads them; secrets are
never among them. What is read back is taken as a stranger's: a file that others could
have written, that is too large or of another version is none, and an answer that its
field does not take is left out.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from agent.config.validators import proxy_url, relay_url
from agent.platform.detect import this_platform
from wire import bounded_json
from wizard.flow.answer_values import spelled, value_of
from wizard.flow.model import SECRETS, Answers
from wizard.flow.pages.order import FIELDS, PAGES

VERSION = 1
MAX_BYTES = 262_144
_PAGES = tuple(page.id for page in PAGES if page.fields)
# what somebody may have typed a password into
_ADDRESSES = {"relay.url": relay_url, "relay.proxy": proxy_url}


@dataclass(frozen=True)
class LeftWizard:
    """What a wizard was left with: at which page, when, and its answers by path."""

    page: str
    at: datetime
    values: Mapping[str, Any]


def state_file(environment: Mapping[str, str]) -> Path:
    """Say where answers are kept for whoever runs this program."""
    state = this_platform().machine.state_folder(environment)
    return state / "writeback" / "answers.json"


class KeptAnswers:
    """The file of one person."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, page: str, answers: Answers) -> None:
        """Keep the answers of an installation, without secrets; OSError."""
        rows = dict(_plain(answers))
        at = datetime.now(UTC).isoformat(timespec="seconds")
        whole = {"version": VERSION, "page": page, "at": at, "answers": rows}
        self._write(json.dumps(whole).encode())

    def read(self) -> LeftWizard | None:
        """Give what was kept; None where nothing of use is."""
        try:
            data = bounded_json.loads(self._bytes())
            return _read(data) if isinstance(data, dict) else None
        except (OSError, ValueError, OverflowError):
            return None

    def forget(self) -> None:
        """Keep nothing any more: the answers were applied, or are not wanted."""
        with contextlib.suppress(OSError):  # what can't be removed is offered again
            self.path.unlink(missing_ok=True)

    def _bytes(self) -> bytes:
        files = this_platform().files
        handle = files.open_to_read(self.path, follow=False)
        with os.fdopen(handle, "rb") as file:
            found = files.exposure(handle)
            if not (found.regular and found.own) or found.written_by_others:
                raise ValueError("others could have written it")
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ValueError("is too large")
        return data

    def _write(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise OSError(None, "the answers are too large")
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.path.with_name(f".{uuid4().hex}")
        files = this_platform().files
        try:
            with os.fdopen(files.create(new, mode=0o600), "wb") as file:
                file.write(data)
            files.move(new, self.path)
        finally:
            new.unlink(missing_ok=True)


def _plain(answers: Answers) -> Iterator[tuple[str, Any]]:
    for path, value in answers.values.items():
        if path in FIELDS and path not in SECRETS and value not in (None, "", ()):
            with contextlib.suppress(TypeError, ValueError):
                _ADDRESSES.get(path, str)(value)
                yield path, spelled(value)


def _read(data: Mapping[str, Any]) -> LeftWizard | None:
    page, rows = data.get("page"), data.get("answers")
    if data.get("version") != VERSION or page not in _PAGES:
        return None
    at = datetime.fromisoformat(str(data.get("at")))
    values = dict(_values(rows if isinstance(rows, dict) else {}))
    if at.tzinfo is None or at > datetime.now(UTC) or not values:
        return None
    return LeftWizard(str(page), at.astimezone(), values)


def _values(rows: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, value in rows.items():
        if path not in SECRETS:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                yield path, value_of(path, value)
