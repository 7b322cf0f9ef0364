"""Where certificate and key lie so that the relay's own user can read them."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from relay.authorization import hosts_of
from relay.certificate import Certificate
from relay.errors import RelayUnusable

USER = "writeback-relay"
TLS_FOLDER = Path("/etc/writeback-relay/tls")


@dataclass(frozen=True)
class TlsFiles:
    """A certificate with its chain, and its key."""

    certificate: Path
    key: Path

    def check(self, name: str) -> None:
        """See that they are a pair for this name, and hold; RelayUnusable else."""
        pair = Certificate(name, self.certificate, self.key)
        names = hosts_of("", self.certificate.read_bytes())
        if name not in names:
            known = ", ".join(sorted(names.names - {""})) or "no name"
            raise RelayUnusable(
                f"{self.certificate} is not for {name}, but for {known}",
                "get a certificate for the name that agents and portals will use",
            )
        if pair.seconds_left <= 0:
            raise RelayUnusable(
                f"{self.certificate} ended at {pair.expires}", "renew it first"
            )

    def are_readable_by(self, user: str) -> bool:
        """Try it as that user, through every folder on the way."""
        return all(
            subprocess.run(["test", "-r", path], user=user, check=False).returncode == 0
            for path in (self.certificate, self.key)
        )

    def copied_to(self, folder: Path, group: str | None) -> "TlsFiles":
        """Copy both, the key for that group alone; the relay takes them up."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        copies = TlsFiles(folder / "certificate.pem", folder / "key.pem")
        _copy(self.key, copies.key, 0o640, group)
        _copy(self.certificate, copies.certificate, 0o644, group)
        return copies


def has_service_user() -> bool:
    """Say whether this is root on a machine with the package's user."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return False
    import pwd

    return any(each.pw_name == USER for each in pwd.getpwall())


def _copy(source: Path, to: Path, mode: int, group: str | None) -> None:
    """Replace a file in one act: who reads it gets the one before or this one."""
    handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(source.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        if group is not None:
            shutil.chown(name, group=group)
        Path(name).chmod(mode)
        Path(name).replace(to)
    finally:
        Path(name).unlink(missing_ok=True)
