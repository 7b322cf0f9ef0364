"""What is told beside an error: what to do where the error itself can't know."""

from collections.abc import Mapping
from typing import Any

from agent.config.errors import SettingsError


def problems(error: SettingsError) -> Mapping[str, Any]:
    told = [{"path": p.path, "message": p.message} for p in error.problems]
    return {"problems": told}


def how_given(needs: str) -> str:
    names = {"admin": "admin_user and admin_password"}.get(needs, needs)
    return f" Without a terminal: {names} by --secrets-fd." if names else ""


class InForce(Exception):  # noqa: N818 - says what is so
    """The settings in force can't be used, whatever the command was."""

    remedy = (
        "Mend the file or put a saved one there, then run writeback apply. An agent "
        "that runs goes on with the settings it has until it is started anew."
    )

    def __init__(self, why: SettingsError) -> None:
        super().__init__(f"{why}\n{self.remedy}")
        self.why = why


class BadUsage(Exception):  # noqa: N818 - says what was given
    """A command can't be understood; nothing was touched.

    Args:
        what: what is wrong.
        remedy: what to give instead.

    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what, self.remedy = what, remedy
