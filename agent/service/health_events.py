"""What became of the agent's two connections, as the events that alerts know.

The state is looked at every second, so that a link that breaks a hundred times in one
makes no more events than one that breaks once; each kind is told once in an outage.
"""

from collections.abc import Callable, Mapping
from typing import Any

from agent.audit.event import EventId

HEARTBEAT_S = 300.0
# after which a relay that is dialled again and again is one that can't be reached
UNREACHABLE_S = 300.0
_CONNECTED, _WAITING = "connected", "waiting"

Write = Callable[[EventId, str], None]


class HealthEvents:
    """Compares states, as `Status.as_dict` has them, each with the one before."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._link = _Link(write)
        self._reach = ""
        self._was_ready: bool | None = None
        self._file_told = False

    def look(self, state: Mapping[str, Any], now: float) -> None:
        """Write what has changed; `now` are the seconds of any clock."""
        self._link.look(state["relay"], now)
        self._ready(state)
        self._somebody(state.get("reach") or {})

    def status_file(self, *, written: bool) -> None:
        """Write that the state can't be written to its file, once until it can."""
        if not (written or self._file_told):
            self._write(EventId.STATUS_NOT_WRITTEN, "the state file can't be written")
        self._file_told = not written

    def _ready(self, state: Mapping[str, Any]) -> None:
        if state["ready"] and not self._was_ready:
            first = self._was_ready is None
            self._write(EventId.STARTED if first else EventId.HEALTHY_AGAIN, "ready")
            self._was_ready = True
        elif self._was_ready and not state["ready"]:
            sides = (state[name]["reason"] for name in ("relay", "directory"))
            self._write(EventId.NOT_HEALTHY, "; ".join(filter(None, sides)))
            self._was_ready = False

    def _somebody(self, reach: Mapping[str, Any]) -> None:
        now, before = str(reach.get("state", "")), self._reach
        if now == "nobody" and before != now:
            self._write(EventId.NOBODY_CAN_BE_RESET, str(reach.get("why", "")))
        if now == "somebody" and before == "nobody":
            self._write(EventId.SOMEBODY_CAN_BE_RESET, "somebody can be reset again")
        if now in (
            "nobody",
            "somebody",
        ):  # what is not known for a while changes nothing
            self._reach = now


class _Link:
    """The link to the relay."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._up = False
        self._outage: float | None = None  # since when
        self._broke_at = ""  # the state that it broke into
        self._told: set[EventId] = set()
        self._beat = 0.0

    def look(self, relay: Mapping[str, Any], now: float) -> None:
        if relay["state"] == _CONNECTED:
            self._connected(now)
        elif relay["state"] == _WAITING or self._up:
            self._broken(str(relay["reason"]), str(relay["since"]), now)

    def _connected(self, now: float) -> None:
        if not self._up or now - self._beat >= HEARTBEAT_S:
            self._write(EventId.HEARTBEAT, "the relay link is up")
            self._beat = now
        self._up, self._outage = True, None
        self._told.clear()

    def _broken(self, reason: str, since: str, now: float) -> None:
        if self._up:
            self._broke_at = since
            self._once(EventId.RELAY_WARNING, reason)
        elif since != self._broke_at:  # dialled meanwhile, for nothing
            self._once(EventId.RELAY_REFUSED, reason)
        self._up = False
        self._outage = now if self._outage is None else self._outage
        if now - self._outage >= UNREACHABLE_S:
            self._once(EventId.RELAY_UNREACHABLE, reason)

    def _once(self, event: EventId, reason: str) -> None:
        if event not in self._told:
            self._told.add(event)
            self._write(event, reason)
