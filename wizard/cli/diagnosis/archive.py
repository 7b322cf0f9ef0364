"""The file for others: listed, searched for this machine's secrets, written once."""

import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.config.secret_store import SecretsUnavailable
from agent.platform.detect import this_platform
from wire.failure import Failure
from wire.text import Text
from wizard.host.interface import Host
from wizard.steps.keys import KEPT

_SHORTEST = 8  # of what is searched for: less is found everywhere


@dataclass(frozen=True)
class Listed:
    """The files by name; and those left out as they held a secret of this machine."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...]


def listed(texts: Mapping[str, str], host: Host) -> Listed:
    """Take the files in which no stored secret is; none should have any."""
    secrets = tuple(_secrets(host))
    files = {name: text.encode() for name, text in texts.items()}
    bad = tuple(
        name
        for name, content in files.items()
        if any(secret in content for secret in secrets)
    )
    return Listed({n: c for n, c in files.items() if n not in bad}, bad)


def write(path: Path, content: Listed) -> None:
    """Write the file anew, for its owner alone; Failure where it is there already.

    One that can't be written to its end, as on a full disk, is taken away again.
    """
    try:
        handle = this_platform().files.create(path, mode=0o600)
    except OSError as error:
        remedy = Text("Name a file that is not there yet, in a folder that is.")
        raise _unwritten(path, error, remedy) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_zipped(content))
    except OSError as error:
        path.unlink(missing_ok=True)
        remedy = Text("Make room there, or name a file elsewhere.")
        raise _unwritten(path, error, remedy) from error


def _zipped(content: Listed) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _unwritten(path: Path, error: OSError, remedy: Text) -> Failure:
    why = str(error.strerror)
    what = Text("{path} can't be written: {why}.", path=str(path), why=why)
    return Failure(what, remedy)


def _secrets(host: Host) -> Iterator[bytes]:
    for name in KEPT:
        try:
            secret = host.secrets.get(name)
        except (SecretsUnavailable, OSError):
            continue
        if secret is not None:
            yield from _parts(secret.reveal())


def _parts(secret: str) -> Iterator[bytes]:
    """Give a secret, and where it is JSON what is secret in it, as files spell it."""
    try:
        inner = list(_texts(json.loads(secret)))
    except (ValueError, RecursionError):
        inner = []
    for text in (secret, *inner):
        if len(text) >= _SHORTEST:
            yield text.encode()
            yield json.dumps(text)[1:-1].encode()


def _texts(data: object) -> Iterator[str]:
    """Give the private parts of keys (RFC 7518 section 6: d, k), and any bare text."""
    if isinstance(data, dict):
        for name, value in data.items():
            if isinstance(value, str) and name in ("d", "k"):
                yield value
            elif not isinstance(value, str):
                yield from _texts(value)
    elif isinstance(data, list):
        for each in data:
            yield from _texts(each)
