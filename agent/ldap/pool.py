"""Warm connections to the domain controllers, and which of them answer.

Controllers are asked in the order of the settings. One that is refused or hangs is
left out while another answers, and is tried again in the background. A connection is
given out only after a read worked on it, so that a write never is the first to find
out that it is dead.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection, connect
from agent.ldap.dn import same
from agent.ldap.entry import RootDse
from agent.ldap.errors import DirectoryError, SignInRefused, Unreachable
from wire.secret import Secret
from wire.text import EMPTY, Text, folded, listed

T = TypeVar("T")

CONNECT_S = 2.5
READ_S = 3.0
WRITE_S = 10.0
# what one request reads and writes; no portal waits longer
LENT_S = 60.0
_MOST_IDLE = 4
# A wrong password of ours, tried too often, locks our own account. It is wrong at
# every controller: they ask the one that knows the newest.
_WRONG_PASSWORD_S = 900.0
_REFUSED_S = 60.0


@dataclass(frozen=True)
class Target:
    """Which domain, with whose account.

    The endpoints are asked in their order, and each must serve `base_dn`; `user` is a
    userPrincipalName.
    """

    endpoints: tuple[Endpoint, ...]
    base_dn: str
    user: str
    password: Secret


@dataclass(frozen=True)
class PooledConnection:
    """A signed-in connection and what its controller said of itself."""

    directory: Connection
    root: RootDse


@dataclass
class _Controller:
    """One controller: its idle connections, and how it failed last."""

    endpoint: Endpoint
    idle: list[PooledConnection] = field(default_factory=list)
    failure: DirectoryError | None = None
    retry_at: float = 0.0


@dataclass(frozen=True)
class PoolState:
    """Which controller answers; None: none does, for a reason that has the remedy."""

    controller: str | None
    reason: Text = EMPTY


class Pool:
    """Gives out connections; safe for many threads.

    `on_state` is told when another controller is used, or none answers; `clock` is
    seconds that only go on.
    """

    def __init__(
        self,
        target: Target,
        *,
        on_state: Callable[[PoolState], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._target = target
        self._controllers = [_Controller(endpoint) for endpoint in target.endpoints]
        self._on_state = on_state
        self._clock = clock
        self._lock = threading.Lock()
        self._reporting = threading.Lock()
        self._state: PoolState | None = None
        self._closed = False

    @contextmanager
    def connection(self, first_read: Callable[[PooledConnection], T]) -> Iterator[T]:
        """Read on a connection that works, and lend it for what follows.

        `first_read` shows that it is alive; what that gives holds the connection where
        more is to be done on it. SignInRefused where every controller that answers
        refuses the account; Unreachable where none answers.
        """
        dc, warm, value = self._first(first_read)
        try:
            yield value
        finally:
            self._give_back(dc, warm)

    @contextmanager
    def at(self, host: str) -> Iterator[PooledConnection]:
        """Give a new connection to one controller, to see what became of a write."""
        dc = self._named(host)
        warm = self._connected(dc)
        warm.directory.lend(LENT_S)
        try:
            yield warm
        finally:
            self._give_back(dc, warm)

    def try_sign_in(self, host: str, user: str, password: Secret) -> None:
        """Sign in at one controller as somebody else, on a connection of its own.

        `user` is a DN. SignInRefused where the controller refuses; nothing of it is
        kept, and what is known of the controller stays as it is.
        """
        dc = self._named(host)
        connect(
            dc.endpoint,
            user,
            password,
            connect_timeout=CONNECT_S,
            receive_timeout=READ_S,
        ).close()

    def keep_warm(self) -> bool:
        """Try every controller, in the background; say whether one answers."""
        for dc in self._controllers:
            if self._refusal(dc) is not None:
                continue
            try:
                warm, _ = self._read_at(dc, lambda warm: warm.directory.root())
                self._give_back(dc, warm)
            except DirectoryError as error:
                self._failed(dc, error)
        self._report_state()
        return any(dc.failure is None for dc in self._controllers)

    def close(self) -> None:
        """Close what is idle; what is in use closes when it is given back."""
        with self._lock:
            self._closed = True
            idle = [warm for dc in self._controllers for warm in dc.idle]
            for dc in self._controllers:
                dc.idle.clear()
        for warm in idle:
            warm.directory.close()

    def _first(
        self, read: Callable[[PooledConnection], T]
    ) -> tuple[_Controller, PooledConnection, T]:
        failures: list[DirectoryError] = []
        for dc in self._order():
            refusal = self._refusal(dc)
            if refusal is not None:
                failures.append(refusal)
                continue
            try:
                warm, value = self._read_at(dc, read)
            except (Unreachable, SignInRefused) as error:
                self._failed(dc, error)
                failures.append(error)
                continue
            except DirectoryError as error:
                # Untrusted and the like: this controller can't be used
                self._failed(dc, error)
                failures.append(Unreachable(error.host, error.what, error.remedy))
                continue
            self._report_state()
            return dc, warm, value
        self._report_state()
        raise _worst(failures)

    def _named(self, host: str) -> _Controller:
        for dc in self._controllers:
            if dc.endpoint.host == host:
                return dc
        what = Text("is no controller of the settings")
        raise Unreachable(host, what, Text("check them"))

    def _order(self) -> Sequence[_Controller]:
        """Those that answer first; those that failed only when none is left."""
        return sorted(self._controllers, key=lambda dc: dc.failure is not None)

    def _refusal(self, dc: _Controller) -> SignInRefused | None:
        """Say how the account was refused there, not long ago."""
        failure = dc.failure  # another thread may be let in meanwhile
        if isinstance(failure, SignInRefused) and self._clock() < dc.retry_at:
            return failure
        return None

    def _read_at(
        self, dc: _Controller, read: Callable[[PooledConnection], T]
    ) -> tuple[PooledConnection, T]:
        """Read on an idle connection, or, when that is dead, on a new one."""
        warm = self._idle(dc)
        if warm is not None:
            began = self._clock()
            try:
                value = self._read(dc, warm, read)
            except Unreachable:
                # those beside it are most likely dead too
                self._drop_idle(dc)
                if self._clock() - began >= READ_S:
                    raise  # it hangs; a new connection would as well
            else:
                self._answered(dc)
                return warm, value
        warm = self._connected(dc)
        return warm, self._read(dc, warm, read)

    def _read(
        self,
        dc: _Controller,
        warm: PooledConnection,
        read: Callable[[PooledConnection], T],
    ) -> T:
        warm.directory.limit(READ_S)
        warm.directory.lend(LENT_S)
        try:
            return read(warm)
        except BaseException:
            self._give_back(dc, warm)
            raise

    def _connected(self, dc: _Controller) -> PooledConnection:
        directory = connect(
            dc.endpoint,
            self._target.user,
            self._target.password,
            connect_timeout=CONNECT_S,
            receive_timeout=READ_S,
        )
        try:
            warm = PooledConnection(directory, directory.root())
            _check_usable(warm, self._target.base_dn)
        except BaseException:
            directory.close()
            raise
        with self._lock:
            dc.failure = None
        return warm

    def _answered(self, dc: _Controller) -> None:
        """Forget how it failed: it hung, perhaps, and a connection outlived that."""
        with self._lock:
            if not isinstance(dc.failure, SignInRefused):
                dc.failure = None

    def _idle(self, dc: _Controller) -> PooledConnection | None:
        if isinstance(dc.failure, SignInRefused):
            return None  # only a new sign-in tells whether it is let in again
        with self._lock:
            while dc.idle:
                warm = dc.idle.pop()
                if warm.directory.fresh:
                    return warm
                warm.directory.close()
        return None

    def _drop_idle(self, dc: _Controller) -> None:
        with self._lock:
            idle, dc.idle = dc.idle, []
        for warm in idle:
            warm.directory.close()

    def _give_back(self, dc: _Controller, warm: PooledConnection) -> None:
        with self._lock:
            kept = len(dc.idle) < _MOST_IDLE and not self._closed
            if kept and not warm.directory.broken:
                dc.idle.append(warm)
                return
        warm.directory.close()

    def _failed(self, dc: _Controller, error: DirectoryError) -> None:
        everywhere = isinstance(error, SignInRefused) and error.data == "52e"
        waits = _WRONG_PASSWORD_S if everywhere else _REFUSED_S
        with self._lock:
            for each in self._controllers if everywhere else (dc,):
                each.failure = error
                each.retry_at = self._clock() + waits

    def _report_state(self) -> None:
        """Tell of another state; in the order they were, whichever thread it is."""
        with self._reporting:
            state = self._state_now()
            if state != self._state:
                self._state = state
                self._on_state(state)

    def _state_now(self) -> PoolState:
        with self._lock:
            failures = [(dc.endpoint.host, dc.failure) for dc in self._controllers]
        working = next((host for host, failure in failures if failure is None), None)
        if working is not None:
            return PoolState(working)
        reasons = (failure.whole for _, failure in failures if failure is not None)
        return PoolState(None, listed(reasons))


def _check_usable(warm: PooledConnection, base_dn: str) -> None:
    """Refuse a controller where a password of this domain can't be written."""
    host, root = warm.directory.host, warm.root
    if root.read_only:
        remedy = Text("name a writable controller")
        raise Unreachable(host, Text("is read-only (RODC)"), remedy)
    if not same(root.naming_context, base_dn):
        context = root.naming_context
        what = Text("serves {context}, not {domain}", context=context, domain=base_dn)
        raise Unreachable(host, what, Text("correct the domain or the controller"))


def _worst(failures: Sequence[DirectoryError]) -> DirectoryError:
    """Choose what to report: a refused account says more than one that is away."""
    for failure in failures:
        if isinstance(failure, SignInRefused):
            return failure
    if len(failures) == 1:
        return failures[0]
    reasons = folded(
        (failure.statement for failure in failures),
        lambda one, more: Text("{one}; {more}", one=one, more=more),
    )
    host = Text("every controller")
    return Unreachable(host, reasons, Text("check the controllers"))
