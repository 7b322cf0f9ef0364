"""Runs the example playbook on a machine, as its README tells: inventory and vault."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.machines.machine import Machine
from lab.places import REPOSITORY

PLAYBOOK = REPOSITORY / "docs/ansible/writeback.yaml"
_PLUGINS = Path(__file__).parent / "ansible/connection_plugins"
_RECAP = re.compile(r"^server +: ok=\d+ +changed=(\d+) .*failed=(\d+)", re.MULTILINE)
_VAULT_PASSWORD = "Vault-password-of-the-test"


@dataclass(frozen=True)
class Played:
    """What a run came to.

    Attributes:
        changed: how many tasks changed something.
        failed: how many failed.
        output: all it printed, at `-vvv`.
        stored: what it stored on the machine, for good or for a moment.

    """

    changed: int
    failed: int
    output: str
    stored: tuple[bytes, ...]

    def shows(self, secret: str) -> bool:
        """Say whether a secret was printed, or stored on the machine."""
        spelled = secret.encode()
        return secret in self.output or any(spelled in each for each in self.stored)


@dataclass(frozen=True)
class Control:
    """The computer that Ansible runs on: a folder with the inventory.

    Args:
        folder: an empty one.
        machine: what the inventory names.
        variables: of the playbook, as its README lists them, without the secrets.

    """

    folder: Path
    machine: Machine
    variables: Mapping[str, str]

    def __post_init__(self) -> None:
        self._group.mkdir(parents=True)
        self._carried.mkdir()
        (self.folder / "vault-password").write_text(_VAULT_PASSWORD)
        (self.folder / "ansible.cfg").write_text("")
        host = {
            "ansible_connection": "machine",
            "ansible_user": "root",
            "machine_entering": self.machine.entering(),
            "machine_carried": str(self._carried),
        }
        hosts = {"writeback": {"hosts": {"server": host}}}
        (self.folder / "hosts.yaml").write_text(json.dumps(hosts))
        (self._group / "site.yaml").write_text(json.dumps(dict(self.variables)))

    def seal(self, secrets: Mapping[str, str]) -> None:
        """Write the secrets, encrypted by Ansible Vault."""
        vault = json.dumps({"writeback_secrets": dict(secrets)})
        target = str(self._group / "vault.yaml")
        self._ansible("vault", "encrypt", "--output", target, stdin=vault, check=True)

    def play(self) -> Played:
        """Run the playbook."""
        for old in self._carried.iterdir():
            old.unlink()
        done = self._ansible("playbook", "-vvv", "-i", "hosts.yaml", str(PLAYBOOK))
        output = f"{done.stdout}\n{done.stderr}"
        recap = _RECAP.search(output)
        assert recap, output
        stored = tuple(path.read_bytes() for path in self._carried.iterdir())
        return Played(int(recap[1]), int(recap[2]), output, stored)

    @property
    def _group(self) -> Path:
        return self.folder / "group_vars/writeback"

    @property
    def _carried(self) -> Path:
        return self.folder / "carried"

    def _ansible(
        self, program: str, *arguments: str, stdin: str = "", check: bool = False
    ) -> subprocess.CompletedProcess[str]:
        place = Path(sys.executable).parent
        argv = [str(place / f"ansible-{program}"), *arguments]
        # Nothing of this computer's own: neither settings nor inventory nor keys.
        environment = {
            "PATH": f"{place}{os.pathsep}{os.defpath}",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_CONNECTION_PLUGINS": str(_PLUGINS),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.folder / "vault-password"),
        }
        return subprocess.run(
            argv,
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=check,
            timeout=600,
        )
