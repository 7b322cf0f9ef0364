"""The last answers about one person, out of the audit records. Pure."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent.active_directory.identifiers import folded
from agent.ldap import dn
from wire.text import EMPTY, Text
from wizard.health.answers import Answer, answer_of, in_full
from wizard.health.audit_records import Budget

DAYS = 30
MOST_ANSWERS = 20


@dataclass(frozen=True)
class PersonAnswers:
    """The answers about a person, newest first.

    They were looked for as far back as `since`. `more` may be there than these;
    `trouble` says why the records can't be read.
    """

    answers: tuple[Answer, ...] = ()
    since: datetime | None = None
    more: bool = False
    trouble: Text = EMPTY


@dataclass(frozen=True)
class Whom:
    """Whom answers are looked for: where the person is, and every name of theirs."""

    dn: str
    names: frozenset[str]

    @classmethod
    def of(cls, where: str, names: Iterable[str]) -> "Whom":
        """Take a person's DN and names."""
        return cls(where, frozenset(map(folded, names)))

    def is_meant(self, record: Mapping[str, Any]) -> bool:
        """Say whether a record is about the person.

        Where it was found, its DN says whose it is; who was moved since is known by the
        name that the portal gave.
        """
        where, user = record.get("dn"), record.get("user")
        if isinstance(where, str) and _same(where, self.dn):
            return True
        value = user.get("value") if isinstance(user, dict) else None
        return isinstance(value, str) and folded(value) in self.names


def answers_about(
    whom: Whom,
    records: Iterable[Mapping[str, Any]],
    since: datetime,
    budget: Budget,
) -> PersonAnswers:
    """Choose the answers about a person of records that come newest first.

    OSError as they do. `budget` is that of who reads the records.
    """
    found: list[Answer] = []
    oldest: datetime | None = None
    for record in records:
        with suppress(ValueError):  # not as an agent writes it
            answer = answer_of(record)
            if answer is None:
                continue
            if answer.at < since:
                continue
            oldest = answer.at
            if answer.count == 1 and whom.is_meant(record):
                found.append(replace(answer, record=in_full(record)))
        if len(found) == MOST_ANSWERS:
            return PersonAnswers(tuple(found), oldest, more=True)
    cut_off = oldest if budget.spent and oldest else since
    return PersonAnswers(tuple(found), cut_off)


def _same(one: str, other: str) -> bool:
    with suppress(dn.BadName):
        return dn.same(one, other)
    return False
