"""How the service started before it was held: a file, for who goes on after a cut."""

from pathlib import Path

from agent.platform.windows.files import WindowsFiles
from wizard.host.interface import own_folders

_AUTOMATIC, _BY_HAND = "automatic", "by hand"


class HeldStart:
    """Kept beside the settings while nobody may start the service."""

    def __init__(self, files: WindowsFiles, path: Path) -> None:
        self._files, self._path = files, path

    def keep(self, *, automatic: bool) -> None:
        """Write it down; before it is held, as one that is there is what was before."""
        if self.kept is not None:
            return
        with own_folders():
            self._files.make_folder(self._path.parent, 0o750)
        text = _AUTOMATIC if automatic else _BY_HAND
        self._files.replace(self._path, text.encode(), mode=0o600)

    @property
    def kept(self) -> bool | None:
        """Whether it started with the machine; None where it is not held."""
        try:
            return self._path.read_text(encoding="utf-8") != _BY_HAND
        except FileNotFoundError:
            return None

    def forget(self) -> None:
        """Hold it no longer."""
        self._path.unlink(missing_ok=True)
