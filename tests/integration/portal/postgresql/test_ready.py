"""A node whose PostgreSQL follows another, or was made read-only, is not ready."""

import pytest

from portal.database.engine import Database
from portal.pages.ready import _may_write

_READ_ONLY = "&options=-c%20default_transaction_read_only%3Don"


async def test_a_server_that_takes_no_writes_is_told_from_one_that_does(
    postgresql: str,
) -> None:
    database = Database(postgresql)
    try:
        await database.run(_may_write)
    finally:
        database.close()
    follower = Database(postgresql + _READ_ONLY)
    try:
        with pytest.raises(RuntimeError, match="read-only"):
            await follower.run(_may_write)
    finally:
        follower.close()
