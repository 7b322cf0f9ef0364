"""Who works on the relay's database alone: the server, or what replaces it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relay.errors import RelayUnusable

DATABASE = "relay.db"


def check_database(folder: Path) -> None:
    """See that there is a database, and make none; RelayUnusable says what to do."""
    try:
        found = (folder / DATABASE).is_file()
    except OSError as error:
        raise RelayUnusable(
            f"{folder} can't be looked into: {error.strerror}", "run this as root"
        ) from None
    if not found:
        raise RelayUnusable(
            f"there is no relay database in {folder}",
            "run `writeback-relay setup`, or name another folder with --data",
        )


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Hold the database; RelayUnusable where a server has it. Reading is for all."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    # the folder itself: a file would belong to who came first, root or the service
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RelayUnusable(
                f"a relay serves from {folder}",
                "stop it first: systemctl stop writeback-relay",
            ) from None
        yield
    finally:
        os.close(handle)
