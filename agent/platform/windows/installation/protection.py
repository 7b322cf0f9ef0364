"""Who may do what with the folders and files of an installation on Windows.

Each is made with its descriptor; compared is what one lets whom do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.platform.installed import Places
from agent.platform.interface import TORN
from agent.platform.windows import descriptors, sddl
from agent.platform.windows.credentials import INSTALLATION_FILE, made_with, place_of
from agent.platform.windows.service_sid import service_sid

_OWNED = "O:BA"
_CHANGES = int(descriptors.MODIFY, 0)


@dataclass(frozen=True)
class Protected:
    """A folder or file, and the descriptor that it is made with."""

    path: Path
    wanted: str
    folder: bool = True
    made_by_service: bool = False

    @property
    def is_changed_by_service(self) -> bool:
        """Whether the service makes, changes and removes what is there."""
        return descriptors.MODIFY in self.wanted

    @property
    def is_of_administrators(self) -> bool:
        """Whether the service has nothing to do with it."""
        return service_sid() not in self.wanted

    def is_as_made(self, now: str) -> bool:
        """Say whether a descriptor lets the same do the same.

        SYSTEM may own it, and the service what it changes. What that makes itself has
        one of its account and its folder: the service changes it, and nobody else.
        """
        if self.made_by_service:
            return _is_of_service(now)
        if not sddl.same(_without_owner(now), _without_owner(self.wanted)):
            return False
        own = {service_sid()} if self.is_changed_by_service else set()
        owner = sddl.read(now).owner
        return owner in {sddl.ADMINISTRATORS, sddl.SYSTEM} | own


def of_all(places: Places) -> Iterator[Protected]:
    """Give what an installation has, but its secrets; folders before what is in them.

    What is not there is among them.
    """
    service = service_sid()
    read = _OWNED + descriptors.folder_read_by(service)
    yield Protected(places.home, read)
    yield Protected(places.secrets, read)
    administrators = _OWNED + descriptors.folder_of_administrators()
    yield Protected(places.journal, administrators)
    changed = _OWNED + descriptors.folder_changed_by(service)
    for folder in (places.state, places.log.parent):
        yield Protected(folder, changed)
    readable = _OWNED + descriptors.file_read_by(service)
    for path in (places.settings, places.enrolment):
        yield Protected(path, readable, folder=False)
    installation = places.secrets / INSTALLATION_FILE
    yield Protected(installation, made_with(service), folder=False)


def of_secrets(places: Places) -> Iterator[Protected]:
    """Give the files of secrets that are there."""
    folder, wanted = places.secrets, made_with(service_sid())
    for path in sorted(folder.glob(place_of(folder, "*").name)):
        yield Protected(path, wanted, folder=False)


def of_service(places: Places) -> Iterator[Protected]:
    """Give the files that the service made, but those that it is writing anew.

    No links: nothing of the product is one.
    """
    wanted = _OWNED + descriptors.file_changed_by(service_sid())
    for folder in (places.state, places.log.parent):
        found = sorted(folder.iterdir()) if folder.is_dir() else ()
        for path in found:
            link = path.is_symlink()
            if path.is_file() and not (link or path.name.endswith(TORN)):
                yield Protected(path, wanted, folder=False, made_by_service=True)


def _is_of_service(now: str) -> bool:
    service = service_sid()
    try:
        others = descriptors.strangers(now, service)
        entries = sddl.read(now).entries or ()
    except ValueError:
        return False
    own = [each for each in entries if each.sid == service and each.of_the_object]
    allowed = any(each.mask & _CHANGES == _CHANGES for each in own)
    return not others and allowed and all(each.kind == "A" for each in own)


def _without_owner(text: str) -> str:
    return text[text.index("D:") :] if "D:" in text else text
