"""How near to a lockout: what still counts, and at which controllers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.active_directory.users import WrongPasswords, read_pdc_emulator
from agent.ldap.entry import Entry
from agent.request import lockout_margin
from agent.request.answer import Ended
from agent.request.lockout_margin import wrong_within
from agent.request.stages import Located
from tests.unit.agent.active_directory.test_domain_cache import BASE, EVERYTHING, person
from tests.unit.agent.active_directory.test_subject_reader import subject_of
from tests.unit.agent.verdict.test_judge import NOW, POLICY
from wire.outcomes import Code

WINDOW = timedelta(minutes=30)
COUNTING = replace(POLICY, lockout_window=WINDOW)
SITE = "CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=corp,DC=test"


@pytest.mark.parametrize(
    ("minutes", "counts"), [(0, 3), (29, 3), (34, 3), (36, 0), (600, 0)]
)
def test_wrong_passwords_count_for_the_window_and_what_clocks_differ(
    minutes: int, counts: int
) -> None:
    counted = WrongPasswords(3, NOW - timedelta(minutes=minutes))

    assert wrong_within(counted, COUNTING, NOW) == counts


@pytest.mark.parametrize(
    ("last", "window"), [(None, WINDOW), (NOW - timedelta(days=9), None)]
)
def test_what_is_not_known_counts_for_ever(last: Any, window: Any) -> None:
    policy = replace(COUNTING, lockout_window=window)

    assert wrong_within(WrongPasswords(3, last), policy, NOW) == 3


class Controller:
    """One controller, with what it counts for everybody; None: that is hidden."""

    def __init__(self, host: str, wrong: int | None) -> None:
        self.host, self.wrong = host, wrong

    def search(self, base: str, *_: Any, **__: Any) -> Iterator[Entry]:
        if base == BASE:
            owner = f"CN=NTDS Settings,CN=DC2,{SITE}".encode()
            return iter([Entry(base, {"fSMORoleOwner": (owner,)})])
        if base == f"CN=DC2,{SITE}":
            return iter([Entry(base, {"dNSHostName": (b"DC2.corp.test",)})])
        wrong = {} if self.wrong is None else {"badPwdCount": (b"%d" % self.wrong,)}
        return iter([Entry(base, wrong)])


class Stage:
    """Somebody on DC1, where DC2 is the PDC emulator."""

    def __init__(self, first: int | None, pdc: int | None, *hosts: str) -> None:
        self.pdc = Controller("dc2.corp.test", pdc)
        directory = Controller("dc1.corp.test", first)
        user = person(EVERYTHING)
        subject = replace(subject_of(user), policy=COUNTING)
        warm = SimpleNamespace(directory=directory)
        self.located = Located(cast("Any", None), cast("Any", warm), user, subject)
        controllers = [SimpleNamespace(host=host) for host in hosts]
        settings = SimpleNamespace(
            directory=SimpleNamespace(controllers=controllers),
            limits=SimpleNamespace(people_per_five_minutes=5),
        )
        self.people = 0
        ledger = SimpleNamespace(
            attempts_for=lambda *_: (0, 0),
            attempt=lambda *_: 7,
            people_of=lambda *_: self.people,
        )
        domain = SimpleNamespace(
            pdc_emulator=lambda opened: read_pdc_emulator(opened, BASE)
        )
        self.tools = cast(
            "Any",
            SimpleNamespace(settings=settings, ledger=ledger, domain=domain, pool=self),
        )

    @contextmanager
    def at(self, host: str) -> Iterator[Any]:
        assert host == self.pdc.host
        yield SimpleNamespace(directory=self.pdc)

    def is_let(self) -> bool:
        try:
            return lockout_margin.begin(self.located, self.tools).number == 7
        except Ended as ended:
            assert ended.answer.code is Code.TOO_MANY  # noqa: PT017 - it has to end so
            return False


BOTH = ("dc1.corp.test", "dc2.corp.test")


@pytest.mark.parametrize(
    ("first", "pdc", "let"), [(0, 0, True), (2, 2, True), (3, 0, False), (0, 3, False)]
)
def test_the_pdc_emulator_is_asked_too(first: int, pdc: int, *, let: bool) -> None:
    assert Stage(first, pdc, *BOTH).is_let() is let


def test_a_pdc_emulator_that_the_settings_do_not_name_is_left_alone() -> None:
    assert Stage(0, 3, "dc1.corp.test").is_let()


def test_a_count_that_may_be_read_and_is_absent_is_none() -> None:
    assert Stage(None, None, *BOTH).is_let()


def test_a_hidden_count_lets_nobody_try() -> None:
    stage = Stage(None, 0, *BOTH)
    hidden = person("(A;;RC;;;AU)")
    subject = replace(subject_of(hidden), policy=COUNTING)
    stage.located = replace(stage.located, user=hidden, subject=subject)

    with pytest.raises(Ended) as ended:
        lockout_margin.begin(stage.located, stage.tools)
    assert ended.value.answer.code is Code.PERMISSION_DENIED
    assert "badPwdCount" in ended.value.answer.detail


def test_one_password_is_not_tried_on_many_people() -> None:
    """A portal that lies, or one that strangers use, tries few on each of many."""
    stage = Stage(0, 0, *BOTH)
    stage.people = 4
    assert stage.is_let()
    stage.people = 5
    assert not stage.is_let()
