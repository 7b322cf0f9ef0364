"""A judged case as a small file: stored when it fails, replayed without a lab.

The file holds what the product judged from, what it said, and, when a directory was
asked, what became of it. It never holds the password that was used: the names in it
stay, and all else is put in order, which keeps the length and the kinds.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from agent.account import from_filetime, to_filetime
from agent.policy import (
    Account,
    Operation,
    PasswordPolicy,
    judge,
    remaining_cause,
)
from tests.live.policy_cases import SPLIT

FOLDER = Path(__file__).parents[1] / "data/policy"


@dataclass(frozen=True)
class Judged:
    """What was judged, and from what; `policy` None where it is hidden."""

    policy: PasswordPolicy | None
    account: Account
    password: str
    now: int
    operation: Operation
    hints: bool
    cannot_change: bool

    def said(self) -> dict[str, Any]:
        """Judge it: what stops it, and the cause to name after a refusal."""
        found = judge(
            self.policy,
            self.account,
            self.password,
            now=_moment(self.now),
            operation=self.operation,
            hints=self.hints,
            cannot_change=self.cannot_change,
        )
        cause = remaining_cause(
            self.policy, found, operation=self.operation, hints=self.hints
        )
        stops = [each.code.value for each in found if each.blocks]
        return {"stops": stops, "after_a_refusal": cause.code.value}


def _moment(ticks: int) -> Any:
    moment = from_filetime(ticks)
    assert moment is not None
    return moment


def _ticks(moment: Any) -> int:
    return 0 if moment is None else to_filetime(moment)


def _span(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(microseconds=1)


def _as_span(micros: int | None) -> timedelta | None:
    return None if micros is None else timedelta(microseconds=micros)


def stand_in(password: str, sam: str, display: str) -> str:
    """Make another password of the same characters, with the same names inside.

    A name without its last letter stays too: it is no name, and must not become one.
    """
    whole = [name for name in (sam, *SPLIT.split(display)) if len(name) > 1]
    parts = sorted({*whole, *(name[:-1] for name in whole)}, key=len, reverse=True)
    inside = re.compile("|".join(map(re.escape, filter(None, parts))), re.IGNORECASE)
    kept = inside.findall(password) if whole else []
    rest = inside.sub("", password) if whole else password
    return "".join(kept) + "".join(sorted(rest))


def store(about: str, judged: Judged, path: Path, *, stops: list[str]) -> None:
    """Write a case with what the product says of it now."""
    account = judged.account
    plain = {
        "about": about,
        "policy": judged.policy and _plain(judged.policy),
        "account": {
            "sam": account.sam,
            "display_name": account.display_name,
            "flags": account.flags,
            "computed": account.computed,
            "pwd_last_set": _ticks(account.pwd_last_set),
            "lockout_time": _ticks(account.lockout_time),
        },
        "password": stand_in(judged.password, account.sam, account.display_name),
        "now": judged.now,
        "operation": judged.operation,
        "hints": judged.hints,
        "cannot_change": judged.cannot_change,
        "stops": stops,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plain, indent=1) + "\n")


def _plain(policy: PasswordPolicy) -> dict[str, Any]:
    return {
        "source": policy.source,
        "min_length": policy.min_length,
        "complexity": policy.complexity,
        "history": policy.history,
        "min_age_us": _span(policy.min_age),
        "lockout_duration_us": _span(policy.lockout_duration),
    }


def _policy(policy: dict[str, Any]) -> PasswordPolicy:
    return PasswordPolicy(
        source=policy["source"],
        min_length=policy["min_length"],
        complexity=policy["complexity"],
        history=policy["history"],
        min_age=timedelta(microseconds=policy["min_age_us"]),
        max_age=None,
        lockout_threshold=0,
        lockout_duration=_as_span(policy["lockout_duration_us"]),
    )


def load(path: Path) -> tuple[Judged, dict[str, Any]]:
    """Read a case, and all that its file says."""
    plain: dict[str, Any] = json.loads(path.read_text())
    account = plain["account"]
    rules = _policy(plain["policy"]) if plain["policy"] else None
    user = Account(
        sam=account["sam"],
        flags=account["flags"],
        pwd_last_set=from_filetime(account["pwd_last_set"]),
        computed=account["computed"],
        lockout_time=from_filetime(account["lockout_time"]),
        display_name=account["display_name"],
    )
    judged = Judged(
        rules,
        user,
        plain["password"],
        plain["now"],
        plain["operation"],
        plain["hints"],
        plain["cannot_change"],
    )
    return judged, plain
