"""A signed-in connection to one domain controller: search, write, and its limits.

`agent.ldap.tls` opens it, the other importer of ldap3. No referral is followed, no
schema read, every call has a time limit. A request is sent once: who calls decides
what a broken connection means. ldap3's exceptions never pass, its log is never used
(it writes passwords), and a connection is never printed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Literal, Self

import ldap3
from ldap3.core.exceptions import LDAPException

from agent.ldap import errors
from agent.ldap.certificates import Endpoint
from agent.ldap.controls import Control
from agent.ldap.entry import Entry, Modification, RootDse
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
_SIZE_LIMIT = 4


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
        self._call(Text("signing in"), self._connection.bind, read_server_info=False)
        result = self._connection.result
        if result["result"] != 0:
            code, words = result["result"], str(result["message"])
            raise errors.sign_in_refused(self.host, code, words)

    @property
    def fresh(self) -> bool:
        """Whether the connection is still open, as far as can be seen from here.

        An idle connection has nothing to read; if there is something, it is the end.
        """
        opened = self._connection.socket
        if self.broken or opened is None:
            return False
        try:
            return not has_data(opened)
        except (OSError, ValueError):
            return False

    def limit(self, seconds: float) -> None:
        """Set how long each answer is waited for from now on."""
        if self._connection.socket is not None:
            self._connection.socket.settimeout(seconds)

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
    ) -> Iterator[Entry]:
        """Find entries, page by page; referrals are left out.

        The values of `filter` (RFC 4515) are escaped with `escape`. `controls` go with
        each page, of 500; without `paged` a search that finds few saves a control. More
        than `limit` are no error. What is wrong is raised while it is iterated.
        """
        ask = partial(
            self._call,
            Text("searching"),
            self._connection.search,
            base,
            filter or "(objectClass=*)",
            _SCOPES[scope],
            attributes=list(attributes) or ["1.1"],
            controls=_ldap3(controls),
        )
        entries = self._pages(ask) if paged else self._once(ask, limit or 0)
        return entries if limit is None else islice(entries, limit)

    def _once(self, ask: Callable[..., Any], limit: int) -> Iterator[Entry]:
        ask(size_limit=limit)
        self._check(also=_SIZE_LIMIT if limit else 0)
        yield from _entries(self._connection.response)

    def _pages(self, ask: Callable[..., Any]) -> Iterator[Entry]:
        cookie: bytes | None = None
        while True:
            ask(paged_size=_PAGE, paged_cookie=cookie)
            self._check()
            cookie = _cookie(self._connection.result)
            yield from _entries(self._connection.response)
            if not cookie:
                return

    def modify(
        self, dn: str, changes: Sequence[Modification], controls: Sequence[Control] = ()
    ) -> None:
        """Change one entry, in one act."""
        wanted: dict[str, list[tuple[str, list[bytes]]]] = {}
        for change in changes:
            values = (_VERBS[change.operation], list(change.values))
            wanted.setdefault(change.attribute, []).append(values)
        modify = self._connection.modify
        self._call(Text("writing"), modify, dn, wanted, _ldap3(controls), writes=True)
        self._check()

    def add(
        self,
        dn: str,
        object_classes: Sequence[str],
        attributes: Mapping[str, Sequence[bytes]],
    ) -> None:
        """Make an entry."""
        values = {name: list(held) for name, held in attributes.items()}
        add = self._connection.add
        self._call(Text("adding"), add, dn, list(object_classes), values, writes=True)
        self._check()

    def delete(self, dn: str) -> None:
        """Remove an entry."""
        self._call(Text("deleting"), self._connection.delete, dn, writes=True)
        self._check()

    def who_am_i(self) -> str:
        """Ask whom the controller sees (RFC 4532): u:, the domain and the account."""
        ask = self._connection.extend.standard.who_am_i
        return str(self._call(Text("asking who I am"), ask) or "")

    def root(self) -> RootDse:
        """Ask the controller about itself."""
        read = self.search("", "", RootDse.ATTRIBUTES, scope="base", paged=False)
        return RootDse.of(next(read))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close without a word: an unbind would wait for a controller that hangs."""
        self.broken = True
        opened = self._connection.socket
        if opened is not None:
            opened.close()

    def _call(self, doing: Text, call: Any, *args: Any, **named: Any) -> Any:
        """Call ldap3; what breaks the connection becomes one of our errors."""
        writes = named.pop("writes", False)
        if self.broken:
            raise errors.Unreachable(
                self.host, Text("the connection is closed"), CHECK_IT
            )
        try:
            return call(*args, **named)
        except (LDAPException, OSError, ValueError) as error:
            self.close()
            kind = type(error).__name__
            what = Text("no answer while {doing} ({kind})", doing=doing, kind=kind)
            if not writes:
                raise errors.Unreachable(self.host, what, CHECK_IT) from None
            # ldap3 makes its errors of receiving kinds of the socket's own, too
            waited = isinstance(error, TimeoutError)
            raise errors.TimedOut(self.host, what, CHECK_IT, waited=waited) from None

    def _check(self, also: int = 0) -> None:
        result = self._connection.result
        if result["result"] not in (0, also):
            code, words = result["result"], str(result["message"])
            raise errors.refused(self.host, code, words)


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


def _entries(response: Any) -> Iterator[Entry]:
    for each in response or ():
        if each["type"] == "searchResEntry":
            raw = each["raw_attributes"]
            yield Entry(each["dn"], {name: tuple(raw[name]) for name in raw})


def _cookie(result: Any) -> bytes | None:
    paged = (result.get("controls") or {}).get(_PAGED)
    cookie = paged["value"]["cookie"] if paged else None
    return bytes(cookie) if cookie else None


def _ldap3(controls: Sequence[Control]) -> list[tuple[str, bool, bytes | None]] | None:
    return [(each.oid, each.critical, each.value) for each in controls] or None
