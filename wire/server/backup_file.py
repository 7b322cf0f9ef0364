"""A backup of a server: what it holds by name, in one file for its owner alone."""

import io
import os
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from wire.server.errors import ServerUnusable

# a hundred thousand agents, or people, are below it
_MOST_BYTES = 1 << 30


def write(to: Path, content: Mapping[str, bytes]) -> None:
    """Write a new file; ServerUnusable where one is there, or it can't be written."""
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        what = f"{to} can't be written: {error.strerror}"
        raise ServerUnusable(what, "name a file that is not there yet") from None
    with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        for name, held in content.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(held), 0o600
            tar.addfile(member, io.BytesIO(held))
        tar.close()
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True)
class BackupKind:
    """Whose backups are read: a name such as `portal`, and what each holds at least."""

    program: str
    database: str

    def read(self, file: Path, is_known: Callable[[str], bool]) -> dict[str, bytes]:
        """Read what a backup holds by known names alone, whatever paths are in it."""
        content = {}
        try:
            with tarfile.open(file, "r:") as tar:
                for member in tar:
                    wanted = member.isreg() and is_known(member.name)
                    if wanted and member.size <= _MOST_BYTES:
                        extracted = tar.extractfile(member)
                        content[member.name] = extracted.read() if extracted else b""
        except OSError as error:
            what = f"{file} can't be read: {error.strerror}"
            raise ServerUnusable(what, "name a backup") from None
        except tarfile.TarError:
            raise self.refused(file) from None
        if self.database not in content:
            raise self.refused(file)
        return content

    def refused(self, file: Path) -> ServerUnusable:
        """Say that a file is none of these."""
        remedy = f"name a file that `writeback-{self.program} backup` made"
        return ServerUnusable(f"{file} is no backup of a {self.program}", remedy)
