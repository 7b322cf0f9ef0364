"""Ansible's way onto a machine of the tests: its namespaces, with no SSH.

Everything Ansible wants to be stored there is kept on this side too, in the folder
`carried`, so that a test can search what was on the machine for a moment.
"""

import subprocess
import tempfile
from pathlib import Path

from ansible.errors import AnsibleError  # type: ignore[import-untyped]
from ansible.plugins.connection import (  # type: ignore[import-untyped]
    ConnectionBase,
)

DOCUMENTATION = """
name: machine
short_description: enters the namespaces of a booted machine
description: Runs commands as root on a machine of the tests.
version_added: "2.19"
author: Writeback
extends_documentation_fragment:
  - connection_pipelining
options:
  entering:
    description: The argv that runs what follows it on the machine.
    type: list
    elements: str
    required: true
    vars: [{name: machine_entering}]
  carried:
    description: The folder that keeps what was stored on the machine.
    type: path
    required: true
    vars: [{name: machine_carried}]
"""


class Connection(ConnectionBase):  # type: ignore[misc]
    """Runs commands and carries files by a pipe into the machine."""

    transport = "machine"
    has_pipelining = True

    def _connect(self) -> "Connection":
        self._connected = True
        return self

    def close(self) -> None:
        self._connected = False

    def exec_command(
        self,
        cmd: str,
        in_data: bytes | None = None,
        sudoable: bool = True,  # noqa: FBT001, FBT002 - as Ansible calls it
    ) -> tuple[int, bytes, bytes]:
        """Run a line of shell; `in_data` is its standard input."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        return self._entered(["sh", "-c", cmd], in_data or b"")

    def put_file(self, in_path: str, out_path: str) -> None:
        """Store a file on the machine, and keep a copy of it here."""
        super().put_file(in_path, out_path)
        content = Path(in_path).read_bytes()
        with tempfile.NamedTemporaryFile(
            dir=self.get_option("carried"), delete=False
        ) as copy:
            copy.write(content)
        argv = ["sh", "-c", 'cat > "$1"', "put", out_path]
        code, _, errors = self._entered(argv, content)
        if code:
            raise AnsibleError(f"{out_path} can't be written: {errors.decode()}")

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Read a file on the machine."""
        super().fetch_file(in_path, out_path)
        code, content, errors = self._entered(["cat", in_path], b"")
        if code:
            raise AnsibleError(f"{in_path} can't be read: {errors.decode()}")
        Path(out_path).write_bytes(content)

    def _entered(self, argv: list[str], stdin: bytes) -> tuple[int, bytes, bytes]:
        whole = [*self.get_option("entering"), *argv]
        done = subprocess.run(whole, input=stdin, capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr
