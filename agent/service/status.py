"""What the agent says about itself: a file, `/ready` and `/metrics` on this machine.

The file is for the wizard and `writeback status`; the two addresses
(`agent.service.status_server`) are for whatever watches the machine. All are for the
local host only and hold no secret.
"""

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.keys.portals import PortalKeyAge
from agent.keys.sealing_rotation import SealingKeyAge
from agent.ldap.pool import PoolState
from agent.relay_client.listener import ListenerState, Phase
from agent.request.endpoints import Health
from agent.service.reach import Reach
from agent.system.atomic_files import write_atomically
from wire.text import EMPTY, Text

LOG = logging.getLogger("agent.service.status")


@dataclass(frozen=True)
class Side:
    """One of the two connections: its state, since when (ISO form), and why not.

    `state` is connecting, connected, waiting or closed; `reason` has the remedy, as a
    text: whoever reads the file tells it in a language of theirs.
    """

    state: str = "connecting"
    since: str = ""
    reason: Text = EMPTY
    controller: str | None = None


class Status:
    """The agent's state; the listener and the pool report, from any thread.

    The file is replaced at each change, and `changed` called after. `settings` is the
    digest of those it started with; `waiting` leaves the file to the process before
    until this one is ready.
    """

    def __init__(
        self,
        path: Path,
        version: str,
        *,
        paused: bool,
        settings: str = "",
        changed: Callable[["Status"], None] = lambda _status: None,
        waiting: bool = False,
    ) -> None:
        self._path: Path | None = path
        self._version = version
        self._paused = paused
        self._settings = settings
        self._changed = changed
        self._waiting = waiting
        self._held = self._unwritten = False
        self._lock = threading.Lock()
        self._started_at = _now()
        self._relay = Side(since=self._started_at)
        self._directory = Side(since=self._started_at)
        self._port: int | None = None
        self._clone = EMPTY
        self._breaker_is_open = False
        self._sealing_key: SealingKeyAge | None = None
        self._reach: Reach | None = None
        self._reach_at = self._started_at
        self._portal: PortalKeyAge | None = None
        self._events_lost = 0

    @property
    def directory_answers(self) -> bool:
        """Whether a controller answered last."""
        return self._directory.state == "connected"

    @property
    def ready(self) -> bool:
        """Whether a reset that comes now could work."""
        return self._relay.state == "connected" and self.directory_answers

    def health(self) -> Health:
        """Give what `GET ready` says."""
        paused = self._paused or self._breaker_is_open
        return Health(self.ready, paused, self.directory_answers)

    def on_listener(self, state: ListenerState) -> None:
        """Take in what the listener does."""
        with self._lock:
            # why the last try failed holds until this one is over
            again = state.phase is Phase.CONNECTING
            reason = self._relay.reason if again else state.reason
            self._relay = _changed(self._relay, state.phase.value, reason)
            self._write()

    def on_pool(self, state: PoolState) -> None:
        """Take in which controller answers."""
        phase = Phase.CONNECTED if state.controller else Phase.WAITING
        with self._lock:
            side = _changed(self._directory, phase.value, state.reason)
            self._directory = replace(side, controller=state.controller)
            self._write()

    def on_clone(self, warning: Text) -> None:
        """Take in that something else answers in this agent's name; empty: no more."""
        with self._lock:
            self._clone = warning
            self._write()

    def on_breaker(self, *, is_open: bool) -> None:
        """Take in whether the breaker keeps everything from being written."""
        with self._lock:
            if is_open != self._breaker_is_open:
                self._breaker_is_open = is_open
                self._write()

    def on_keys(self, sealing_key: SealingKeyAge, portal: PortalKeyAge) -> None:
        """Take in how old the keys are."""
        with self._lock:
            if (sealing_key, portal) != (self._sealing_key, self._portal):
                self._sealing_key, self._portal = sealing_key, portal
                self._write()

    def on_reach(self, reach: Reach | None) -> None:
        """Take in whether anybody can be reset; None: that is not known."""
        with self._lock:
            if reach is None and self._reach is None:
                return
            self._reach, self._reach_at = reach, _now()
            self._write()

    def on_events_lost(self, count: int) -> None:
        """Take in how many entries the system's journal did not take."""
        with self._lock:
            if count != self._events_lost:
                self._events_lost = count
                self._write()

    def listens_on(self, port: int) -> None:
        """Take in where /ready and /metrics are."""
        with self._lock:
            self._port = port
            self._write()

    def as_dict(self) -> dict[str, Any]:
        """Give the state as the file holds it; of lost events where there are any."""
        lost = {"events_lost": self._events_lost} if self._events_lost else {}
        return {
            "pid": os.getpid(),
            "started_at": self._started_at,
            "version": self._version,
            "ready": self.ready,
            "paused": self._paused,
            "breaker_is_open": self._breaker_is_open,
            "settings": self._settings,
            "relay": _side(self._relay),
            "directory": _side(self._directory)
            | {"controller": self._directory.controller},
            "twin": str(self._clone),
            "twin_text": self._clone.as_dict() if self._clone else None,
            "sealing_key": self._sealing_key and asdict(self._sealing_key),
            "portal": self._portal and asdict(self._portal),
            "port": self._port,
            "reach": self._reach_dict(),
            **lost,
        }

    def _reach_dict(self) -> dict[str, Any]:
        reach, at = self._reach, self._reach_at
        if reach is None:
            return {"state": "unknown", "at": at}
        state = "nobody" if reach.nobody else "somebody"
        found = {"looked": reach.looked, "code": reach.code, "why": reach.why}
        return {"state": state, **found, "at": at}

    @property
    def sentence(self) -> str:
        """Say in one line what the two connections do."""
        parts = {"relay": self._relay, "directory": self._directory}
        return "; ".join(
            f"{name} {side.state}{f' ({side.reason})' if side.reason else ''}"
            for name, side in parts.items()
        )

    def hold(self) -> None:
        """Leave the file alone for now: a successor may write it when it is ready."""
        with self._lock:
            self._held = True

    def go_on(self) -> None:
        """Write the file again, with what happened meanwhile."""
        with self._lock:
            self._held = False
            self._write()

    def leave(self) -> None:
        """Leave the file to a successor, which tells from now on."""
        with self._lock:
            self._path = None

    def remove(self) -> None:
        """Take the file away: the agent ends."""
        with self._lock:
            # one that waits to take over has written none: that there is another's
            if self._path is not None and not self._waiting:
                with contextlib.suppress(OSError):
                    self._path.unlink()

    def write_again(self) -> None:
        """Write the file where it could not be written before."""
        with self._lock:
            if self._unwritten:
                self._write()

    def gauges(self) -> dict[str, bool]:
        """Give the state as Prometheus names it."""
        return {
            "writeback_ready": self.ready,
            "writeback_relay_connected": self._relay.state == "connected",
            "writeback_directory_connected": self.directory_answers,
            "writeback_paused": self._paused,
            "writeback_breaker_open": self._breaker_is_open,
            "writeback_nobody_can_be_reset": bool(self._reach and self._reach.nobody),
        }

    @property
    def unwritten(self) -> bool:
        """Whether the file could not be written last."""
        return self._unwritten

    def _write(self) -> None:
        self._waiting = self._waiting and not self.ready
        if self._path is not None and not (self._waiting or self._held):
            self._unwritten = not self._is_written(self._path)
        self._changed(self)

    def _is_written(self, path: Path) -> bool:
        """Write the file; a full disk is told once, and is no reason to end."""
        text = json.dumps(self.as_dict(), indent=2) + "\n"
        try:
            # anybody on this machine may see how the agent is
            write_atomically(path, text, mode=0o644)
        except OSError as error:
            if not self._unwritten:
                LOG.error("the state can't be written to %s: %s", path, error.strerror)
            return False
        return True


def _side(side: Side) -> dict[str, Any]:
    return {
        "state": side.state,
        "since": side.since,
        "reason": str(side.reason),
        "reason_text": side.reason.as_dict() if side.reason else None,
    }


def _changed(side: Side, state: str, reason: Text) -> Side:
    since = side.since if state == side.state else _now()
    return Side(state, since, reason, side.controller)


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
