"""Who may do what with the folders and files of an installation on Windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.platform.windows import descriptors, sddl
from agent.platform.windows.credentials import (
    INSTALLATION_FILE,
    known_to_others,
    made_with,
    place_of,
)
from agent.platform.windows.service_sid import service_sid
from agent.platform.windows.win32 import FileCalls
from agent.system.paths import Paths
from wire.text import Text
from wizard.host.interface import Misplaced, Protection, ServiceFailed

_OWNED = "O:BA"


@dataclass(frozen=True)
class WindowsOwnership:
    """Descriptors as they are made, compared by what they let whom do.

    A secret that others could have opened is none of these: it is replaced.
    """

    win32: FileCalls
    places: Paths

    def misplaced(self) -> Sequence[Misplaced]:
        return tuple(
            Misplaced(path, _protection(now), _protection(wanted))
            for path, wanted in (*self._wanted(), *self._secrets())
            if (now := self._now(path)) is not None and not _as_made(now, wanted)
        )

    def protect(self, path: Path, wanted: Protection) -> None:
        try:
            self.win32.protect(str(path), wanted.mode)
        except FileNotFoundError:
            raise
        except OSError as error:
            why = str(error.strerror or error).rstrip(".")
            raise ServiceFailed(
                Text("{path} can't be changed: {why}.", path=str(path), why=why)
            ) from error

    def _wanted(self) -> Iterator[tuple[Path, str]]:
        """Give the descriptors of what is there; folders before what is in them."""
        places, service = self.places, service_sid()
        read = _OWNED + descriptors.folder_read_by(service)
        yield places.home, read
        yield places.secrets, read
        yield places.journal, _OWNED + descriptors.folder_of_administrators()
        for folder in (places.state, places.log.parent):
            yield folder, _OWNED + descriptors.folder_changed_by(service)
        readable = _OWNED + descriptors.file_read_by(service)
        for path in (places.settings, places.enrolment):
            yield path, readable
        yield places.secrets / INSTALLATION_FILE, readable

    def _secrets(self) -> Iterator[tuple[Path, str]]:
        """Give those of use: of any other the descriptor is what tells."""
        folder, service = self.places.secrets, service_sid()
        for path in sorted(folder.glob(place_of(folder, "*").name)):
            now = self._now(path)
            if now is not None and not known_to_others(now, service):
                yield path, made_with(service)

    def _now(self, path: Path) -> str | None:
        try:
            return self.win32.sddl_of(str(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            why = str(error.strerror or error).rstrip(".")
            raise ServiceFailed(
                Text("{path} can't be looked at: {why}.", path=str(path), why=why)
            ) from error


def _as_made(now: str, wanted: str) -> bool:
    """Say whether it is so; SYSTEM may own it, and the service what it changes."""
    if not sddl.same(_without_owner(now), _without_owner(wanted)):
        return False
    owner = sddl.read(now).owner
    own = {service_sid()} if descriptors.MODIFY in wanted else set()
    return owner in {sddl.ADMINISTRATORS, sddl.SYSTEM} | own


def _without_owner(text: str) -> str:
    return text[text.index("D:") :] if "D:" in text else text


def _protection(text: str) -> Protection:
    """Put a descriptor where Linux has a mode: it names who by itself."""
    return Protection("", "", text)
