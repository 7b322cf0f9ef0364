"""Agents whose receipts count, as they are answered: a fingerprint and a day a line."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def lines_of(peers: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Spell peers as the settings have them: `8A2E 51C0 … 2027-06-30`."""
    return tuple(
        " ".join(filter(None, (each["fingerprint"], each["until"]))) for each in peers
    )


def peer_of(line: str) -> dict[str, str]:
    """Take a line apart; the settings say what is wrong with its parts."""
    *before, last = line.split() or [""]
    if before and "-" in last:
        return {"fingerprint": " ".join(before), "until": last}
    return {"fingerprint": line.strip()}


def last_day(peer: Mapping[str, str]) -> date | None:
    """Give the last day on which the receipts of a peer count; None for no such day."""
    with contextlib.suppress(ValueError):
        return date.fromisoformat(peer.get("until", ""))
    return None
