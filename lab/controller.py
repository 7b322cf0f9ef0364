"""One running domain controller: a copy of the snapshot that Samba serves."""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self, TypedDict

import ldap3
from ldap3.core.exceptions import LDAPCommunicationError

from lab import people, places, process
from lab.address import LDAPS, Reservation, reserve
from lab.authority import Authority, issue
from lab.chroot.errors import LabError
from lab.chroot.progress import Say, silent
from lab.domain import (
    ADMIN_PASSWORD,
    ADMIN_USER,
    HOST,
    ensure_snapshot,
    locked,
    write_settings,
)
from lab.samba_chroot import enter, run_python
from lab.signin import signed_in

_READY_SECONDS = 60.0
_POLL_SECONDS = 0.02
_SAMBA = (
    *("samba", "--foreground", "--no-process-group", "--model=single"),
    *("--configfile=/lab/etc/smb.conf", "--debug-stdout"),
)


class Person(TypedDict):
    """Somebody in the domain, as lab.json tells of them."""

    dn: str
    upn: str
    sam: str
    mail: str
    objectGUID: str


class Account(TypedDict):
    """A service account with its password."""

    dn: str
    upn: str
    password: str


class Lab:
    """A domain controller of one's own; stop() it when done.

    `address` is a loopback address, `host` the name in its certificate (no resolver
    knows it), `ca` the PEM to trust.
    """

    host = HOST
    base_dn = people.BASE_DN
    realm = people.REALM
    admin_user = ADMIN_USER
    admin_password = ADMIN_PASSWORD
    start_password = people.START_PASSWORD

    def __init__(self, directory: Path, address: str) -> None:
        self.directory = directory
        self.address = address
        self._data = directory / "dc"
        self._pid_file = directory / "dc.pid"
        self._reservation: Reservation | None = None
        self._dies_with_us = True

    @staticmethod
    def ensure_snapshot(say: Say = silent) -> Path:
        """Build the Samba root and the domain where they are missing."""
        return ensure_snapshot(say)

    @classmethod
    def start(cls, directory: Path, *, dies_with_us: bool = True) -> Self:
        """Copy the snapshot below `directory`, start Samba on it and wait for it."""
        directory.mkdir(parents=True, exist_ok=True)
        reservation = reserve()
        lab = cls(directory, reservation.address)
        lab._reservation = reservation
        lab._dies_with_us = dies_with_us
        (directory / "address").write_text(lab.address)
        try:
            lab.reset()
        except BaseException:
            lab.stop()
            raise
        return lab

    @classmethod
    def attach(cls, directory: Path) -> Self | None:
        """The controller that another command started there, if it runs."""
        address = directory / "address"
        if not address.is_file():
            return None
        lab = cls(directory, address.read_text())
        lab._dies_with_us = False
        return lab if lab.running else None

    @property
    def ca(self) -> Path:
        return self._data / "tls/ca.pem"

    @property
    def authority(self) -> Authority:
        """The domain's own authority, for who serves beside the controller."""
        return Authority(self.ca, self.ca.parent / "ca.key")

    @property
    def running(self) -> bool:
        return process.load(self._pid_file) is not None

    @property
    def people(self) -> dict[str, Person]:
        people: dict[str, Person] = json.loads((self._data / "people.json").read_text())
        return people

    @property
    def accounts(self) -> dict[str, Account]:
        return {
            name: {
                "dn": f"CN={name},{people.SERVICE}",
                "upn": f"{name}@{people.REALM}",
                "password": password,
            }
            for name, password in people.ACCOUNTS.items()
        }

    def reset(self) -> None:
        """Go back to the first state; the address stays."""
        self._end()
        snapshot = self.ensure_snapshot()
        shutil.rmtree(self._data, ignore_errors=True)
        # Copies on write where the file system can.
        copy = ["cp", "-a", "--reflink=auto", str(snapshot), str(self._data)]
        with locked(places.LOCK):  # another worker may be setting its times again
            subprocess.run(copy, check=True)
        write_settings(self._data, self.address)
        self.restart()

    def restart(self) -> None:
        """Start Samba on the data as they are, after kill() too."""
        self._end()
        self._wait_ready(self._started())

    def change_stopped(self, script: str, wish: object) -> None:
        """Run one of inside/ on the database while Samba is stopped, and go on."""
        self._end()
        run_python(places.ROOT, self._data, script, wish)
        self.restart()

    def stop(self) -> None:
        """End Samba and give the address back."""
        self._end()
        self._pid_file.unlink(missing_ok=True)
        if self._reservation is not None:
            self._reservation.release()
            self._reservation = None

    def pause(self) -> None:
        """Hang: connections open and nothing answers, until resume()."""
        self._samba().signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after pause(), with what had come meanwhile."""
        self._samba().signal(signal.SIGCONT)

    def kill(self) -> None:
        """Crash: connections break and new ones are refused, until restart()."""
        samba = self._samba()
        samba.signal(signal.SIGKILL)
        samba.gone_within(_READY_SECONDS)

    def present(self, names: list[str], *, expired: bool = False) -> None:
        """Serve with a new certificate for these names, of the same authority."""
        self._end()
        authority = self.authority
        leaf = self._data / "tls/dc1"
        issue(authority, leaf, names, [self.address], expired=expired)
        samba, deadline = self._started(), time.monotonic() + _READY_SECONDS
        # nobody may be able to sign in with such a certificate
        while not self._accepts():
            if samba.gone_within(0) or time.monotonic() > deadline:
                raise LabError("Samba did not come up.", str(self.log))
            time.sleep(_POLL_SECONDS)

    @property
    def log(self) -> Path:
        """What it prints; smb.conf has it record each password that is set."""
        return self._data / "log/samba.log"

    def _started(self) -> process.Process:
        argv = enter(places.ROOT, self._data, list(_SAMBA))
        samba = process.start(argv, self.log, dies_with_us=self._dies_with_us)
        process.save(samba, self._pid_file)
        return samba

    def _samba(self) -> process.Process:
        samba = process.load(self._pid_file)
        if samba is None:
            raise LabError("The controller is not running.", "Call restart() first.")
        return samba

    def _end(self) -> None:
        samba = process.load(self._pid_file)
        if samba is not None:
            samba.stop()

    def _wait_ready(self, samba: process.Process) -> None:
        """Healthy is: the administrator can sign in over LDAPS."""
        deadline = time.monotonic() + _READY_SECONDS
        while not (self._accepts() and self._signs_in()):
            if samba.gone_within(0) or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace").splitlines()[-15:]
                raise LabError("Samba did not come up.", "\n".join(tail))
            time.sleep(_POLL_SECONDS)

    def _accepts(self) -> bool:
        try:
            socket.create_connection((self.address, LDAPS), timeout=1).close()
        except OSError:
            return False
        return True

    def _signs_in(self) -> bool:
        try:
            self.sign_in(self.admin_user, self.admin_password)
        except LDAPCommunicationError:
            return False
        return True

    def signed_in(
        self, user: str, password: str
    ) -> contextlib.AbstractContextManager[ldap3.Connection]:
        """A plain ldap3 connection over LDAPS; see `lab.signin`."""
        return signed_in(self.address, self.ca, user, password)

    def sign_in(self, user: str, password: str) -> None:
        """Sign in and out; ldap3's LDAPException where that is refused."""
        with self.signed_in(user, password):
            pass
