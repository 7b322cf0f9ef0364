"""What is told beside an error: what to do where the error itself can't know."""

from collections.abc import Mapping
from typing import Any

from agent.config.errors import SettingsError
from wire.failure import Failure
from wire.text import Text

ADMIN = Text("admin_user and admin_password")

# whatever the command was
MEND_IN_FORCE = Text(
    "Fix the file or put a saved one there, then run writeback apply. An agent that "
    "runs goes on with the settings it has until it is started anew."
)


def problems(error: SettingsError) -> Mapping[str, Any]:
    each = [{"path": p.path, "message": p.message} for p in error.problems]
    return {"problems": each} | ({"remedy": error.remedy} if error.remedy else {})


class BadUsage(Failure):
    """A command can't be understood; nothing was touched."""
