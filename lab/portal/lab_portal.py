"""The product's portal as its owner runs it: settings, secrets, and the server.

It is the portal that the lab's relay knows, with the same keys: an enrolment code of
the lab is for it. An inbox stands beside it. Both have a loopback address of their own,
which no resolver knows by name.
"""

import base64
import hashlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lab import places, process
from lab.authority import Authority, issue
from lab.chroot.errors import LabError
from lab.portal.site import (
    HOST,
    INBOX,
    INBOX_HOST,
    INBOX_PORT,
    MAIL_PORT,
    MESSAGES,
    PORT,
    TEXT_MESSAGES,
    Site,
)
from lab.relay import ISSUER, LabRelay

ORGANIZATION = "Contoso"
_ADDRESSES = tuple(f"127.0.0.{number}" for number in range(60, 92))
_READY_S, _POLL_S, _ASK_S = 60.0, 0.05, 10.0


class LabPortal:
    """A portal process with its inbox; what they need is in `folder`."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.url = f"https://{HOST}:{PORT}"
        self.inbox_url = f"https://{INBOX_HOST}:{INBOX_PORT}{INBOX}"
        self._pid_file, self._inbox_pid = folder / "portal.pid", folder / "inbox.pid"

    @classmethod
    def make(cls, folder: Path, relay: LabRelay, authority: Authority) -> "LabPortal":
        """Make keys, certificate and secrets for the portal that a relay knows."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        portal = cls(folder, _free_address())
        shutil.copy(authority.certificate, folder / "ca.pem")
        names = [HOST, INBOX_HOST]
        issue(authority, folder / "server", names, [portal.address])
        known = json.loads(relay.portal.read_text())
        (folder / "secrets").mkdir(mode=0o700)
        _write_private(folder / "secrets/wire_keys", json.dumps(known["keys"]))
        portal.command("setup", "--only-keys")
        portal.command("send-key", "main", typed=known["send_key"])
        # last: what attach() finds is complete
        (folder / "address").write_text(portal.address)
        return portal

    @classmethod
    def attach(cls, folder: Path) -> "LabPortal | None":
        """Give the portal that an earlier command made there, running or not."""
        address = folder / "address"
        return cls(folder, address.read_text()) if address.is_file() else None

    @property
    def log(self) -> Path:
        """What the portal printed."""
        return self.folder / "portal.log"

    @property
    def listen(self) -> str:
        """Where the portal listens, as HOST:PORT."""
        return f"{self.address}:{PORT}"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "portal.db"

    @property
    def serving(self) -> list[str]:
        """The command that serves."""
        return self._argv("serve")

    @property
    def pid(self) -> int:
        """The process that serves; LabError where none does."""
        running = process.load(self._pid_file)
        if running is None:
            raise LabError("The portal is not running.", "Call start() first.")
        return running.pid

    @property
    def site(self) -> Site:
        """Where a browser finds it."""
        names = (HOST, INBOX_HOST)
        rules = ",".join(f"MAP {name} {self.address}" for name in names)
        return Site(self.url, rules, key_hash(self.folder / "server.pem"))

    def know(self, relay: LabRelay, agent: str, fingerprint: str, **more: Any) -> None:
        """Write the settings: the relay, and the agent that the owner was told of."""
        known = json.loads(relay.portal.read_text())
        enrolled = {"name": agent, "fingerprint": fingerprint}
        served = self.folder / "server"
        values = {
            "base_url": self.url,
            "organization": ORGANIZATION,
            "issuer": ISSUER,
            "listen": self.listen,
            "tls": {"certificate": f"{served}.pem", "key": f"{served}.key"},
            "database": f"sqlite:///{self.database}",
            "relays": [
                {
                    "id": "main",
                    "url": relay.url,
                    "send_key_name": known["send_key_name"],
                    "ca": str(self.folder / "ca.pem"),
                }
            ],
            "agents": [enrolled | {"relay": "main", "domain": "corp"}],
            "mail": {
                "host": self.address,
                "port": MAIL_PORT,
                "sender": "no-reply@corp.test",
                "ca": str(self.folder / "ca.pem"),
            },
        }
        values["notify"] = {
            "administrators": ["administrators@corp.test"],
            "help_desk": ["help-desk@corp.test"],
        }
        values["sms"] = {
            "url": f"https://{self.address}:{INBOX_PORT}{TEXT_MESSAGES}",
            "fields": {"to": "{number}", "text": "{text}"},
            "ca": str(self.folder / "ca.pem"),
            "countries": ["DE"],
        }
        (self.folder / "portal.yaml").write_text(yaml.safe_dump(values | more))

    def start(self, *, dies_with_us: bool) -> None:
        """Serve, and return when the first page and the inbox answer."""
        inbox = [sys.executable, "-m", "lab.portal", self.address]
        inbox.append(str(self.folder / "server"))
        for argv, pid_file, log in (
            (inbox, self._inbox_pid, self.folder / "inbox.log"),
            (self.serving, self._pid_file, self.log),
        ):
            started = process.start(argv, log, dies_with_us=dies_with_us)
            process.save(started, pid_file)
        self._wait(self._inbox_pid, self.messages, self.folder / "inbox.log")
        self._wait(self._pid_file, self.first_page, self.log)

    @property
    def running(self) -> bool:
        return process.load(self._pid_file) is not None

    def stop(self) -> None:
        """End both; what they wrote stays."""
        for pid_file in (self._pid_file, self._inbox_pid):
            running = process.load(pid_file)
            if running is not None:
                running.stop()
            pid_file.unlink(missing_ok=True)

    def messages(self) -> list[dict[str, Any]]:
        """Give what was sent so far, in the order it came."""
        found: list[dict[str, Any]] = json.loads(
            self.get(INBOX_HOST, INBOX_PORT, MESSAGES)
        )
        return found

    def first_page(self) -> bytes:
        """Ask for the portal's first page; OSError where it does not answer."""
        return self.get(HOST, PORT, "/")

    def get(self, host: str, port: int, path: str) -> bytes:
        """Ask one of the two for a page; OSError where it does not answer."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        request = urllib.request.Request(
            f"https://{self.address}:{port}{path}", headers={"Host": f"{host}:{port}"}
        )
        with urllib.request.urlopen(request, context=context, timeout=_ASK_S) as answer:  # noqa: S310
            body: bytes = answer.read()
            return body

    def command(self, *words: str, typed: str = "") -> str:
        """Run a command of the portal's owner; give what it printed."""
        done = subprocess.run(
            self._argv(*words),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            cwd=places.REPOSITORY,
        )
        if done.returncode:
            raise LabError(f"writeback-portal {words[0]} failed.", done.stderr.strip())
        return done.stdout.strip()

    def _argv(self, *words: str) -> list[str]:
        own = ["--settings", str(self.folder / "portal.yaml")]
        own += ["--secrets", str(self.folder / "secrets")]
        return [sys.executable, "-m", "portal", *words, *own]

    def _wait(self, pid_file: Path, asked: Callable[[], object], log: Path) -> None:
        deadline = time.monotonic() + _READY_S
        while True:
            try:
                asked()
            except OSError:
                gone = process.load(pid_file) is None
                if gone or time.monotonic() > deadline:
                    tail = log.read_text(errors="replace").splitlines()[-15:]
                    raise LabError(
                        f"{log.stem} did not come up.", "\n".join(tail)
                    ) from None
                time.sleep(_POLL_S)
            else:
                return


def key_hash(certificate: Path) -> str:
    """Hash a certificate's public key as Chromium takes it: SHA-256, base64."""
    leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
    key = leaf.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _free_address() -> str:
    """Choose the first address on which nobody serves what we will."""
    for address in _ADDRESSES:
        if all(_is_free(address, port) for port in (PORT, INBOX_PORT, MAIL_PORT)):
            return address
    raise LabError(
        f"No free loopback address from {_ADDRESSES[0]} to {_ADDRESSES[-1]}.",
        f"Ports {PORT}, {INBOX_PORT} and {MAIL_PORT} are needed on one of them.",
    )


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
