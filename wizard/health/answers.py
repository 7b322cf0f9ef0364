"""One answer of an agent, as its audit record tells it. Pure.

The records are of the agent's own user, who may have written anything there: what is
not of its kind is passed over, what is shown is cut and made printable.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent.audit.event import EventId
from wire.operation import Operation
from wire.outcomes import OUTCOMES, Code
from wire.printable import printable
from wire.text import Text
from wizard.host.service_status import time_in_words

_SHORT = 256  # characters of a name or a code
_LONG = 1024  # of a detail
_WHOLE = 8000  # of a record as it is opened
_MOST_MS = 3_600_000.0
_MOST_COUNTED = 1_000_000_000
_CODES = frozenset(Code)
_DONE = frozenset({Code.OK, Code.PARTIAL})
# what is not for the rules or the person to mend, but for an administrator
_FAILED = frozenset(
    {
        Code.PERMISSION_DENIED,
        Code.DIRECTORY_UNAVAILABLE,
        Code.DIRECTORY_REFUSED_AGENT,
        Code.UNKNOWN_RESULT,
        Code.NOT_KNOWN,
        Code.CANNOT_RECORD,
        Code.INTERNAL,
    }
)
_OPERATIONS = {
    Operation.RESET.value: Text("Reset"),
    Operation.CHANGE.value: Text("Change"),
    Operation.UNLOCK.value: Text("Unlock"),
    Operation.CHECK.value: Text("Check"),
}


class Kind(StrEnum):
    """What an answer came to: done, refused by a rule, or failed for want of a part."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Answer:
    """One answer; `count` is more than one where a record counts several.

    `op` and `code` are as in the record, `person` as the portal named them; `reason`
    and `remedy` are the outcome's, `detail` is what exactly. `ms` is None where it is
    not known, or where it says nothing: of what was only counted. `record` is the whole
    of it, in lines, for those that can be opened.
    """

    at: datetime
    code: str
    kind: Kind
    reason: Text
    remedy: Text
    id: str = ""
    op: str = ""
    person: str = ""
    dn: str = ""
    detail: str = ""
    ms: float | None = None
    count: int = 1
    record: str = ""

    @property
    def is_check(self) -> bool:
        """Whether it only said what would come of a reset."""
        return self.op == Operation.CHECK

    @property
    def operation(self) -> Text:
        """What was asked for, in words; not known of a request that was not read."""
        return _OPERATIONS.get(self.op, Text("Unread request"))


def kind_of(code: str) -> Kind:
    """Sort an outcome; what this version does not know has failed."""
    if code in _DONE:
        return Kind.DONE
    return Kind.REFUSED if code in _CODES and code not in _FAILED else Kind.FAILED


def answer_of(record: Mapping[str, Any]) -> Answer | None:
    """Read an answer; None for what is another record, or none.

    ValueError where its time or its code is none: it is not as an agent writes it.
    """
    code = record.get("code")
    if code is None or record.get("answer_of") is not None:
        return None  # a beginning, a note, or the same answer again
    at = time_in_words(record.get("at"))
    if at is None or not isinstance(code, str):
        raise ValueError("not a record of an answer")
    reason, remedy = _words(code)
    user = record.get("user")
    return Answer(
        at=at,
        code=_text(code, _SHORT),
        kind=kind_of(code),
        reason=reason,
        remedy=remedy,
        id=_text(record.get("id"), _SHORT),
        op=_text(record.get("op"), _SHORT),
        person=_text(user.get("value") if isinstance(user, dict) else "", _SHORT),
        dn=_text(record.get("dn"), _LONG),
        detail=_text(record.get("detail"), _LONG),
        ms=_ms(record.get("ms")),
        count=_count(record),
    )


def in_full(record: Mapping[str, Any]) -> str:
    """Give a record as it is opened: JSON in lines, cut where it is endless."""
    lines = json.dumps(record, indent=2, ensure_ascii=False).split("\n")
    text = "\n".join(printable(line, _LONG) for line in lines)
    return text if len(text) <= _WHOLE else f"{text[:_WHOLE]}…"


def _words(code: str) -> tuple[Text, Text]:
    if code in _CODES:
        outcome = OUTCOMES[Code(code)]
        return outcome.admin, outcome.remedy
    unknown = Text("An outcome that is not known here: {code}.", code=_text(code, 64))
    return unknown, Text("Use the wizard and the agent of one version.")


def _text(value: object, most: int) -> str:
    return printable(value, most) if isinstance(value, str) else ""


def _ms(times: object) -> float | None:
    total = times.get("total") if isinstance(times, dict) else None
    if isinstance(total, bool) or not isinstance(total, int | float):
        return None
    sensible = math.isfinite(total) and 0 <= total <= _MOST_MS
    return float(total) if sensible else None


def _count(record: Mapping[str, Any]) -> int:
    if record.get("event") != EventId.REQUESTS_COUNTED:
        return 1
    count = record.get("count")
    return count if type(count) is int and 0 < count <= _MOST_COUNTED else 1
