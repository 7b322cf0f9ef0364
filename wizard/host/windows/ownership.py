"""Who may do what with the folders and files of an installation on Windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.platform.windows.credentials import known_to_others
from agent.platform.windows.installation import protection
from agent.platform.windows.service_sid import service_sid
from agent.platform.windows.win32 import FileCalls
from agent.system.paths import Paths
from wire.text import Text
from wizard.host.interface import Misplaced, Protection, ServiceFailed


@dataclass(frozen=True)
class WindowsOwnership:
    """Descriptors as they are made, compared by what they let whom do.

    A secret that others could have opened is none of these: it is replaced.
    """

    win32: FileCalls
    places: Paths

    def misplaced(self) -> Sequence[Misplaced]:
        places = self.places
        all_ = (*protection.of_all(places), *protection.of_service(places))
        return tuple(
            Misplaced(each.path, _protection(now), _protection(each.wanted))
            for each in (*all_, *self._secrets())
            if (now := self._now(each.path)) is not None and not each.is_as_made(now)
        )

    def protect(self, path: Path, wanted: Protection) -> None:
        # the service may have put anything in the place of what it makes
        home = self.places.home
        within = str(home) if home in path.parents else None
        try:
            self.win32.protect(str(path), wanted.mode, within)
        except FileNotFoundError:
            raise
        except OSError as error:
            why = str(error.strerror or error).rstrip(".")
            raise ServiceFailed(
                Text("{path} can't be changed: {why}.", path=str(path), why=why)
            ) from error

    def _secrets(self) -> Iterator[protection.Protected]:
        """Give those of use: of any other the descriptor is what tells."""
        for each in protection.of_secrets(self.places):
            now = self._now(each.path)
            if now is not None and not known_to_others(now, service_sid()):
                yield each

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


def _protection(text: str) -> Protection:
    """Put a descriptor where Linux has a mode: it names who by itself."""
    return Protection("", "", text)
