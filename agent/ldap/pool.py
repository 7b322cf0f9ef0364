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

T = TypeVar("T")

CONNECT_S = 2.5
READ_S = 3.0
WRITE_S = 10.0
_MOST_IDLE = 4
# A wrong password of ours, tried too often, locks our own account. It is wrong at
# every controller: they ask the one that knows the newest.
_WRONG_PASSWORD_S = 900.0
_REFUSED_S = 60.0


@dataclass(frozen=True)
class Target:
    """Which domain, with whose account.

    Attributes:
        endpoints: the controllers, in the order they are asked.
        base_dn: the naming context that each must serve.
        user: the account's userPrincipalName.

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
    """Whether a controller answers.

    Attributes:
        controller: the one that is asked; None when none answers.
        reason: why not, with the remedy.

    """

    controller: str | None
    reason: str = ""


class Pool:
    """Gives out connections; safe for many threads.

    Args:
        target: where to connect, and as whom.
        on_state: told when another controller is used, or none answers.
        clock: seconds that only go on.

    """

    def __init__(
        self,
        target: Target,
        *,
        on_state: Callable[[PoolState], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._target = target
        self._posts = [_Controller(endpoint) for endpoint in target.endpoints]
        self._on_state = on_state
        self._clock = clock
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._state: PoolState | None = None
        self._closed = False

    @contextmanager
    def connection(self, first_read: Callable[[PooledConnection], T]) -> Iterator[T]:
        """Read on a connection that works, and lend it for what follows.

        Args:
            first_read: shows that the connection is alive; what it gives holds the
                connection where more is to be done on it.

        Raises:
            SignInRefused: every controller that answers refuses the account.
            Unreachable: no controller answers.

        """
        post, warm, found = self._first(first_read)
        try:
            yield found
        finally:
            self._give_back(post, warm)

    @contextmanager
    def at(self, host: str) -> Iterator[PooledConnection]:
        """Give a new connection to one controller, to see what became of a write.

        Raises:
            DirectoryError: it does not answer.

        """
        post = next((p for p in self._posts if p.endpoint.host == host), None)
        if post is None:
            raise Unreachable(host, "is no controller of the settings", "check them")
        warm = self._connected(post)
        try:
            yield warm
        finally:
            self._give_back(post, warm)

    def keep_warm(self) -> bool:
        """Try every controller; what is called in the background.

        Returns:
            Whether one answers.

        """
        for post in self._posts:
            if self._refusal(post) is not None:
                continue
            try:
                warm, _ = self._read_at(post, lambda warm: warm.directory.root())
                self._give_back(post, warm)
            except DirectoryError as error:
                self._failed(post, error)
        self._tell()
        return any(post.failure is None for post in self._posts)

    def close(self) -> None:
        """Close what is idle; what is in use closes when it is given back."""
        with self._lock:
            self._closed = True
            idle = [warm for post in self._posts for warm in post.idle]
            for post in self._posts:
                post.idle.clear()
        for warm in idle:
            warm.directory.close()

    def _first(
        self, read: Callable[[PooledConnection], T]
    ) -> tuple[_Controller, PooledConnection, T]:
        failures: list[DirectoryError] = []
        for post in self._order():
            refusal = self._refusal(post)
            if refusal is not None:
                failures.append(refusal)
                continue
            try:
                warm, found = self._read_at(post, read)
            except (Unreachable, SignInRefused) as error:
                self._failed(post, error)
                failures.append(error)
                continue
            except DirectoryError as error:
                # Untrusted and the like: this controller can't be used
                self._failed(post, error)
                failures.append(Unreachable(error.host, error.what, error.remedy))
                continue
            self._tell()
            return post, warm, found
        self._tell()
        raise _worst(failures)

    def _order(self) -> Sequence[_Controller]:
        """Those that answer first; those that failed only when none is left."""
        return sorted(self._posts, key=lambda post: post.failure is not None)

    def _refusal(self, post: _Controller) -> SignInRefused | None:
        """Say how the account was refused there, not long ago."""
        failure = post.failure  # another thread may be let in meanwhile
        if isinstance(failure, SignInRefused) and self._clock() < post.retry_at:
            return failure
        return None

    def _read_at(
        self, post: _Controller, read: Callable[[PooledConnection], T]
    ) -> tuple[PooledConnection, T]:
        """Read on an idle connection, or, when that is dead, on a new one."""
        warm = self._idle(post)
        if warm is not None:
            began = self._clock()
            try:
                found = self._read(post, warm, read)
            except Unreachable:
                # those beside it are most likely dead too
                self._drop_idle(post)
                if self._clock() - began >= READ_S:
                    raise  # it hangs; a new connection would as well
            else:
                self._answered(post)
                return warm, found
        warm = self._connected(post)
        return warm, self._read(post, warm, read)

    def _read(
        self,
        post: _Controller,
        warm: PooledConnection,
        read: Callable[[PooledConnection], T],
    ) -> T:
        warm.directory.limit(READ_S)
        try:
            return read(warm)
        except BaseException:
            self._give_back(post, warm)
            raise

    def _connected(self, post: _Controller) -> PooledConnection:
        directory = connect(
            post.endpoint,
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
            post.failure = None
        return warm

    def _answered(self, post: _Controller) -> None:
        """Forget how it failed: it hung, perhaps, and a connection outlived that."""
        with self._lock:
            if not isinstance(post.failure, SignInRefused):
                post.failure = None

    def _idle(self, post: _Controller) -> PooledConnection | None:
        if isinstance(post.failure, SignInRefused):
            return None  # only a new sign-in tells whether it is let in again
        with self._lock:
            while post.idle:
                warm = post.idle.pop()
                if warm.directory.fresh:
                    return warm
                warm.directory.close()
        return None

    def _drop_idle(self, post: _Controller) -> None:
        with self._lock:
            idle, post.idle = post.idle, []
        for warm in idle:
            warm.directory.close()

    def _give_back(self, post: _Controller, warm: PooledConnection) -> None:
        with self._lock:
            kept = len(post.idle) < _MOST_IDLE and not self._closed
            if kept and not warm.directory.broken:
                post.idle.append(warm)
                return
        warm.directory.close()

    def _failed(self, post: _Controller, error: DirectoryError) -> None:
        everywhere = isinstance(error, SignInRefused) and error.data == "52e"
        waits = _WRONG_PASSWORD_S if everywhere else _REFUSED_S
        with self._lock:
            for each in self._posts if everywhere else (post,):
                each.failure = error
                each.retry_at = self._clock() + waits

    def _tell(self) -> None:
        """Tell of another state; in the order they were, whichever thread it is."""
        with self._telling:
            state = self._state_now()
            if state != self._state:
                self._state = state
                self._on_state(state)

    def _state_now(self) -> PoolState:
        with self._lock:
            failures = [(post.endpoint.host, post.failure) for post in self._posts]
        working = next((host for host, failure in failures if failure is None), None)
        if working is not None:
            return PoolState(working)
        return PoolState(None, "; ".join(str(failure) for _, failure in failures))


def _check_usable(warm: PooledConnection, base_dn: str) -> None:
    """Refuse a controller where a password of this domain can't be written."""
    host, root = warm.directory.host, warm.root
    if root.read_only:
        raise Unreachable(host, "is read-only (RODC)", "name a writable controller")
    if not same(root.naming_context, base_dn):
        what = f"serves {root.naming_context}, not {base_dn}"
        raise Unreachable(host, what, "correct the domain or the controller")


def _worst(failures: Sequence[DirectoryError]) -> DirectoryError:
    """Choose what to report: a refused account says more than one that is away."""
    for failure in failures:
        if isinstance(failure, SignInRefused):
            return failure
    if len(failures) == 1:
        return failures[0]
    said = "; ".join(f"{failure.host}: {failure.what}" for failure in failures)
    return Unreachable("every controller", said, "check the controllers")
