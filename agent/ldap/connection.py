"""A signed-in connection to one domain controller: search, write, and its limits.

`agent.ldap.tls` opens it, the other importer of ldap3. No referral is followed, no
schema read, every call has a time and a size (`agent.ldap.bounded_socket`). A request
is sent once: who calls decides what a broken connection means. Nothing that ldap3
raises passes, whatever a controller answers; its log is never used (it writes
passwords), and a connection is never printed.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Literal, Self

import ldap3

from agent.ldap import dn as names
from agent.ldap import errors
from agent.ldap.bounded_socket import BadAnswer, BoundedSocket
from agent.ldap.certificates import Endpoint
from agent.ldap.controls import Control
from agent.ldap.entry import Entry, Modification, RootDse
from agent.ldap.found_entries import entries_of, whole
from agent.ldap.tls import CHECK_IT, has_data, open_connection
from wire.secret import Secret
from wire.text import Text

Scope = Literal["base", "one", "subtree"]

_SCOPES = {"base": ldap3.BASE, "one": ldap3.LEVEL, "subtree": ldap3.SUBTREE}
_VERBS = {
    "add": ldap3.MODIFY_ADD,
    "delete": ldap3.MODIFY_DELETE,
    "replace": ldap3.MODIFY_REPLACE,
}
_PAGE = 500
_PAGED = "1.2.840.113556.1.4.319"  # RFC 2696
_MOST_EMPTY = 100  # pages in a row
_SIZE_LIMIT = 4
_MOST_WORDS = 1000  # characters of a controller's own words


@dataclass(frozen=True)
class _Result:
    """How a controller ended an operation (RFC 4511 section 4.1.9)."""

    code: int
    words: str


def connect(
    endpoint: Endpoint,
    user: str,
    password: Secret,
    *,
    connect_timeout: float = 5.0,
    receive_timeout: float = 10.0,
) -> "Connection":
    """Open a connection and sign in with a simple bind over TLS.

    `user` is a userPrincipalName or DN. Seconds: `connect_timeout` for TCP, and again
    for TLS, `receive_timeout` for each answer. Raises `Unreachable`, `Untrusted` with
    the chain, or `SignInRefused` with the reason.
    """
    if not password:
        # an empty password is an anonymous bind (RFC 4513 section 5.1.2)
        raise errors.SignInRefused(
            endpoint.host, Text("no password is given"), Text("give the password")
        )
    connection = open_connection(
        endpoint, user, password, connect_timeout, receive_timeout
    )
    directory = Connection(connection, endpoint.host)
    try:
        directory.sign_in()
    except BaseException:
        directory.close()
        raise
    return directory


class Connection:
    """One connection. For one thread at a time; close it when done.

    A write raises TimedOut where no answer came, so that nobody knows whether it was
    done, and any other DirectoryError where it was refused.
    """

    def __init__(self, connection: Any, host: str) -> None:
        self._connection = connection
        self.host = host
        self.broken = False

    def __repr__(self) -> str:
        return f"Directory({self.host})"

    def sign_in(self) -> None:
        """Bind. `connect` has done it."""
        with self._boundary(Text("signing in")):
            self._connection.bind(read_server_info=False)
            result = self._result("bindResponse")
        if result.code != 0:
            raise errors.sign_in_refused(self.host, result.code, result.words)

    @property
    def fresh(self) -> bool:
        """Whether the connection is still open, as far as can be seen from here.

        An idle connection has nothing to read; if there is something, it is the end.
        """
        opened = self._socket
        if self.broken or opened is None or opened.has_rest:
            return False
        try:
            return not has_data(opened)
        except (OSError, ValueError):
            return False

    def limit(self, seconds: float) -> None:
        """Set how long each answer is waited for from now on."""
        if self._socket is not None:
            self._socket.silence = seconds

    def lend(self, seconds: float) -> None:
        """Set how long it may be used from now on, whatever is asked."""
        if self._socket is not None:
            self._socket.lent_until = time.monotonic() + seconds

    def search(
        self,
        base: str,
        filter: str,  # noqa: A002 - what LDAP calls it
        attributes: Sequence[str],
        *,
        scope: Scope = "subtree",
        controls: Sequence[Control] = (),
        paged: bool = True,
        limit: int | None = None,
        page: int = _PAGE,
    ) -> Iterator[Entry]:
        """Find entries, page by page; referrals are left out.

        The values of `filter` (RFC 4515) are escaped with `escape`. `controls` go with
        each `page`, smaller where a controller works long at each entry; without
        `paged` a search that finds few saves a control. More than `limit` are no error.
        What is wrong is raised while it is iterated.
        """
        ask = partial(
            self._connection.search,
            base,
            filter or "(objectClass=*)",
            _SCOPES[scope],
            attributes=list(attributes) or ["1.1"],
            controls=_ldap3(controls),
        )
        entries = self._pages(ask, page) if paged else self._once(ask, limit or 0)
        found = self._below(base, entries)
        return found if limit is None else islice(found, limit)

    def _below(self, base: str, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Name what is not there: a search may be one of many with other names."""
        try:
            yield from entries
        except errors.NoSuchObject as error:
            raise errors.no_such_object(self.host, base, error) from None

    def _once(self, ask: Callable[..., Any], limit: int) -> Iterator[Entry]:
        found, _ = self._found(partial(ask, size_limit=limit), also=bool(limit))
        yield from found

    def _pages(self, ask: Callable[..., Any], size: int) -> Iterator[Entry]:
        cookie: bytes | None = None
        empty = 0
        while empty < _MOST_EMPTY:
            page = partial(ask, paged_size=size, paged_cookie=cookie)
            found, cookie = self._found(page)
            yield from found
            if not cookie:
                return
            empty = 0 if found else empty + 1
        self.close()
        raise errors.Unreachable(self.host, Text("its pages have no end"), CHECK_IT)

    def _found(
        self, ask: Callable[[], Any], *, also: bool = False
    ) -> tuple[list[Entry], bytes | None]:
        """Send one search; give what it found, and where the next page begins.

        `also`: a size limit that was reached is no error.
        """
        with self._boundary(Text("searching")):
            ask()
            result = self._result("searchResDone")
            found = list(entries_of(self._connection.response))
            cookie = _cookie(self._connection.result)
            if result.code in (0, _SIZE_LIMIT):
                found = [whole(entry, self._read_part) for entry in found]
        if not (also and result.code == _SIZE_LIMIT):
            self._check(result)
        return found, cookie

    def _read_part(self, dn: str, attribute: str) -> Entry:
        """Read one more part of an attribute; BadAnswer where that is refused."""
        scope, wanted = _SCOPES["base"], [attribute]
        self._connection.search(dn, "(objectClass=*)", scope, attributes=wanted)
        found = list(entries_of(self._connection.response))
        if self._result("searchResDone").code != 0 or len(found) != 1:
            raise BadAnswer("a part of an attribute is refused")
        return found[0]

    def modify(
        self, dn: str, changes: Sequence[Modification], controls: Sequence[Control] = ()
    ) -> None:
        """Change one entry, in one act."""
        wanted: dict[str, list[tuple[str, list[bytes]]]] = {}
        for change in changes:
            values = (_VERBS[change.operation], list(change.values))
            wanted.setdefault(change.attribute, []).append(values)
        modify = partial(self._connection.modify, dn, wanted, _ldap3(controls))
        self._write(Text("writing"), modify, "modifyResponse")

    def add(
        self,
        dn: str,
        object_classes: Sequence[str],
        attributes: Mapping[str, Sequence[bytes]],
    ) -> None:
        """Make an entry."""
        values = {name: list(held) for name, held in attributes.items()}
        add = partial(self._connection.add, dn, list(object_classes), values)
        self._write(Text("adding"), add, "addResponse")

    def delete(self, dn: str) -> None:
        """Remove an entry."""
        delete = partial(self._connection.delete, dn)
        self._write(Text("deleting"), delete, "delResponse")

    def _write(self, doing: Text, write: Callable[[], Any], kind: str) -> None:
        with self._boundary(doing, writes=True):
            write()
            result = self._result(kind)
        self._check(result)

    def who_am_i(self) -> str:
        """Ask whom the controller sees (RFC 4532): u:, the domain and the account."""
        ask = self._connection.extend.standard.who_am_i
        with self._boundary(Text("asking who I am")):
            return str(ask() or "")[:_MOST_WORDS]

    def root(self) -> RootDse:
        """Ask the controller about itself."""
        read = self.search("", "", RootDse.ATTRIBUTES, scope="base", paged=False)
        entry = next(read, None)
        if entry is None:
            what = Text("it says nothing of itself (rootDSE)")
            raise errors.Unreachable(self.host, what, CHECK_IT)
        root = RootDse.of(entry)
        try:
            names.parse(root.naming_context)
        except names.BadName:
            what = Text("its defaultNamingContext is no name")
            raise errors.Unreachable(self.host, what, CHECK_IT) from None
        return root

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close without a word: an unbind would wait for a controller that hangs."""
        self.broken = True
        opened = self._socket
        if opened is not None:
            opened.close()

    @property
    def _socket(self) -> BoundedSocket | None:
        """What ldap3 has opened, and keeps until the connection breaks."""
        opened: BoundedSocket | None = self._connection.socket
        return opened

    @contextmanager
    def _boundary(self, doing: Text, *, writes: bool = False) -> Iterator[None]:
        """Ask by ldap3; whatever comes out of it becomes one of our errors."""
        opened = self._socket
        if self.broken or opened is None:
            raise errors.Unreachable(
                self.host, Text("the connection is closed"), CHECK_IT
            )
        if time.monotonic() > opened.lent_until:
            self.close()
            what = Text("it answers too slowly")
            raise errors.Unreachable(self.host, what, CHECK_IT)
        try:
            opened.begin(writes=writes)
            yield
        except Exception as error:  # noqa: BLE001 - ldap3 raises what an answer is apt to
            self.close()
            raise self._no_answer(doing, error, writes=writes) from None

    def _no_answer(
        self, doing: Text, error: Exception, *, writes: bool
    ) -> errors.DirectoryError:
        # the kind alone: ldap3's texts can quote what was sent
        kind = type(error).__name__
        what = Text("no answer while {doing} ({kind})", doing=doing, kind=kind)
        if not writes:
            return errors.Unreachable(self.host, what, CHECK_IT)
        # ldap3 makes its errors of receiving kinds of the socket's own, too
        waited = isinstance(error, TimeoutError)
        return errors.TimedOut(self.host, what, CHECK_IT, waited=waited)

    def _result(self, kind: str) -> _Result:
        """Read how an operation ended; BadAnswer where another one did."""
        result = self._connection.result
        if result["type"] != kind:
            raise BadAnswer("an answer of another kind")
        return _Result(int(result["result"]), str(result["message"])[:_MOST_WORDS])

    def _check(self, result: _Result) -> None:
        if result.code != 0:
            raise errors.refused(self.host, result.code, result.words)


def read_entry(
    directory: Connection,
    dn: str,
    attributes: Sequence[str],
    controls: Sequence[Control] = (),
) -> Entry | None:
    """Read one object by its name, the rootDSE by none; None when it is hidden."""
    entries = directory.search(
        dn, "", attributes, scope="base", controls=controls, paged=False
    )
    return next(iter(entries), None)


def _cookie(result: Any) -> bytes | None:
    paged = (result.get("controls") or {}).get(_PAGED)
    cookie = paged["value"]["cookie"] if paged else None
    return bytes(cookie) if cookie else None


def _ldap3(controls: Sequence[Control]) -> list[tuple[str, bool, bytes | None]] | None:
    return [(each.oid, each.critical, each.value) for each in controls] or None
