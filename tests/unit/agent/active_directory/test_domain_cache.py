"""What is kept of the domain for a while, and what a user's absent attributes mean."""

from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import UUID

import pytest

from agent.acl.sid import Sid
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.protected_groups import protected_groups
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User, own_sids, read_again, read_pwd_last_set
from agent.config.settings import Settings
from agent.config.settings_file import validate
from agent.ldap.connection import Connection
from agent.ldap.entry import Entry, RootDse
from agent.ldap.errors import DirectoryError, NoSuchObject
from agent.ldap.pool import PooledConnection
from tests.fixtures.sddl_text import DOMAIN, descriptor, sid

BASE = "DC=corp,DC=test"
CONFIG = f"CN=Configuration,{BASE}"
STRICT = f"CN=Strict,CN=Password Settings Container,CN=System,{BASE}"
PSO = "msDS-ResultantPSO"
EVERYTHING = "(A;;RP;;;AU)"
HEAD = {
    "objectSid": Sid.of(DOMAIN).raw,
    "minPwdLength": b"8",
    "pwdProperties": b"1",
    "pwdHistoryLength": b"5",
    "minPwdAge": b"0",
    "maxPwdAge": b"0",
    "lockoutThreshold": b"0",
    "lockoutDuration": b"0",
}


def entry(dn: str, **values: bytes) -> Entry:
    return Entry(dn, {name: (value,) for name, value in values.items()})


def group(name: str, sid_: str) -> Entry:
    return entry(f"CN={name},CN=Users,{BASE}", objectSid=Sid.of(sid_).raw)


ADMINS = (
    group("Domain Admins", f"{DOMAIN}-512"),
    group("Administrators", "S-1-5-32-544"),
)


class Fake:
    """A directory that knows an account's token, the head of the domain and groups."""

    host = "dc1"

    def __init__(self, *inner: Entry, tops: Sequence[Entry] | None = None) -> None:
        self.asked: list[str] = []
        self.tops, self.inner = ADMINS if tops is None else tops, inner

    def search(self, base: str, query: str, *_: Any, **__: Any) -> Iterator[Entry]:
        self.asked.append(base)
        if "objectClass=group" in query:
            return iter(self.tops if "objectSid=" in query else self.inner)
        token = {"tokenGroups": (sid("AGENT").raw, sid("AU").raw)}
        head = Entry("", token | {"configurationNamingContext": (CONFIG.encode(),)})
        own = entry(f"CN=CORP,CN=Partitions,{CONFIG}", nCName=BASE.encode())
        known = {"": head, BASE: entry(BASE, **HEAD), f"CN=Partitions,{CONFIG}": own}
        return iter([known[base]] if base in known else [])

    @property
    def warm(self) -> PooledConnection:
        root = RootDse.of(entry("", domainFunctionality=b"7"))
        return PooledConnection(self.directory, root)

    @property
    def directory(self) -> Connection:
        return cast("Connection", self)


def settings(**scope: Any) -> Settings:
    account = {"kind": "existing", "name": "agent@corp.test"}
    controllers = [{"host": "dc1.corp.test"}]
    return validate(
        {
            "version": 1,
            "agent": "agent-1",
            "relay": {"url": "https://relay.corp.test"},
            "directory": {
                "domain": "corp.test",
                "controllers": controllers,
                "account": account,
            },
            "scope": {"containers": [f"OU=People,{BASE}"], **scope},
        }
    )


def person(text: str, **more: bytes | None) -> User:
    """Somebody of whom everything is there but msDS-ResultantPSO and adminCount."""
    known = {
        "sAMAccountName": b"ada",
        "objectClass": b"user",
        "objectSid": sid("USER").raw,
        "userAccountControl": b"512",
        "pwdLastSet": b"133000000000000000",
        "primaryGroupID": b"513",
        "accountExpires": b"0",
        "lockoutTime": b"0",
        "memberOf": b"CN=Staff,DC=corp,DC=test",
        "nTSecurityDescriptor": descriptor(text).to_bytes(),
    } | more
    values = {name: value for name, value in known.items() if value is not None}
    return User(entry(f"CN=Ada,OU=People,{BASE}", **values), UUID(int=7))


def test_a_hidden_pso_is_asked_for_once() -> None:
    fake, now = Fake(), [0.0]
    domain = DomainCache(settings(), clock=lambda: now[0])
    subjects, user = SubjectReader(domain), person(EVERYTHING, **{PSO: STRICT.encode()})
    reasons = {subjects.read_in_scope(fake.warm, user).unreadable for _ in range(9)}

    assert fake.asked.count(STRICT) == 1
    (reason,) = reasons
    assert STRICT in reason
    now[0] = 61.0
    subjects.read_in_scope(fake.warm, user)
    assert fake.asked.count(STRICT) == 2
    domain.forget_policies()
    subjects.read_in_scope(fake.warm, user)
    assert fake.asked.count(STRICT) == 3


def test_a_protected_group_without_a_sid_ends_it() -> None:
    nameless = entry(f"CN=Tier 0,CN=Users,{BASE}")

    with pytest.raises(DirectoryError, match="Tier 0"):
        protected_groups(Fake(nameless).directory, BASE)


def test_who_is_gone_is_no_such_object() -> None:
    gone = f"CN=Gone,{BASE}"
    for read in (read_again, read_pwd_last_set):
        with pytest.raises(NoSuchObject) as caught:
            read(Fake().directory, gone)
        assert caught.value.host == "dc1"


@pytest.mark.parametrize("entries", [[], [Entry("", {})]])
def test_a_token_that_is_not_told_is_an_error(entries: list[Entry]) -> None:
    class Silent(Fake):
        def search(self, *_: Any, **__: Any) -> Iterator[Entry]:
            return iter(entries)

    with pytest.raises(DirectoryError):
        own_sids(Silent().directory)
