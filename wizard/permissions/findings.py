"""A finding about the agent's own account: what is so, what shows it, what to do.

Pure. `wizard.permissions.service_account` judges the account's state,
`wizard.permissions.excess_rights`, `wizard.permissions.user_rights` and
`wizard.permissions.object_rights` what it may do beyond its task,
`wizard.permissions.account_takeover` who could take it over. What can not be read is a
finding as well, never silence.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from agent.acl.sid import Sid
from wire.text import Text, TextAttribute

NameOf = Callable[[Sid], str]

_LET_READ = Text("Let the service account read its own object.")


class Level(StrEnum):
    """How much a finding weighs."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `known` is False when it could not be found out.

    The id is stable, for scripts; it ends with a SID or a DN where there may be
    several. What shows it is the entry in words, or attribute = value.
    """

    id: str
    level: Level
    title: TextAttribute = TextAttribute()
    shown_by: TextAttribute = TextAttribute("")
    remedy: TextAttribute = TextAttribute("")
    known: bool = True

    def as_dict(self) -> dict[str, str | bool]:
        """Give it as JSON takes it."""
        return asdict(self) | {"level": self.level.value}


def hidden(attribute: str) -> Text:
    """Say that an attribute is not there to be read."""
    return Text("{attribute} is hidden", attribute=attribute)


def not_known(
    what: str, title: Text, shown_by: Text, remedy: Text = _LET_READ
) -> Finding:
    """Tell that something could not be found out, by what is hidden or malformed."""
    text = Text("Not known: {title}", title=title)
    return Finding(what, Level.WARNING, text, shown_by, remedy, known=False)
