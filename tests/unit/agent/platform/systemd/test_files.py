"""Linux' files are opened without waiting for whoever has them."""

import fcntl
import os
import signal
from pathlib import Path

import pytest

from agent.audit.head import Head
from agent.platform.systemd.files import PosixFiles


def test_one_that_is_leased_is_not_waited_for(tmp_path: Path) -> None:
    """A holder of a lease keeps an opener waiting for up to 45 s (fcntl(2))."""
    path = tmp_path / "head"
    path.write_bytes(b"")
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)
    try:
        with path.open("rb") as leased:
            fcntl.fcntl(leased, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            for append in (False, True):
                with pytest.raises(BlockingIOError):
                    PosixFiles().open_to_write(path, mode=0o600, append=append)
            with pytest.raises(BlockingIOError):
                Head(path)
    finally:
        signal.signal(signal.SIGIO, before)
    os.close(PosixFiles().open_to_write(path, mode=0o600))
