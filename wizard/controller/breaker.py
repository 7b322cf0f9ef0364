"""The agent's breaker, as the administrator of this machine sees and closes it."""

from pathlib import Path

from wire.text import EMPTY, Text
from wizard.host.interface import Host
from wizard.plan.change import StepFailed
from wizard.results import Check

OPEN = Text(
    "The breaker is open: a portal had too many different people reset in five "
    "minutes, and nothing is written any more."
)
CLOSE = Text(
    "Find out in the audit records what the portal did, then run: writeback breaker "
    "close"
)


def is_open(host: Host) -> bool:
    """Say whether its file is there; by the agent's word where that can't be seen."""
    try:
        host.places.breaker.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return bool(host.service().status.get("breaker_is_open"))
    return True


def attention(host: Host) -> Text:
    """Say that it is open, and what to do; empty while it is closed."""
    if not is_open(host):
        return EMPTY
    return Text("{open} {close}", open=OPEN, close=CLOSE)


def checks(host: Host) -> tuple[Check, ...]:
    """Tell of it as a row of the verification; none while it is closed."""
    row = Check("breaker", Text("Breaker"), "failed", OPEN, CLOSE)
    return (row,) if is_open(host) else ()


def close(host: Host) -> bool:
    """Close it; False where it was not open. StepFailed: its file can't be removed."""
    path: Path = host.places.breaker
    with host.lock():
        if not is_open(host):
            return False
        try:
            host.remove(path)
        except OSError as error:
            what = Text(
                "{path} can't be removed: {why}.",
                path=str(path),
                why=str(error.strerror),
            )
            remedy = Text("Remove it as root; the agent then takes writes again.")
            raise StepFailed(what, remedy) from error
        return True
