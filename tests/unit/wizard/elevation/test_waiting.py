"""Whoever waits for polkit keeps nobody else from being answered."""

import contextlib
import os
import pwd
import threading
from pathlib import Path

import pytest

from tests.unit.wizard.elevation.bus import Bus, FakePolkit, until
from tests.unit.wizard.elevation.many_callers import many_callers
from tests.unit.wizard.fake_host import FakeHost
from wire.text import Text
from wizard.controller.controller import Controller
from wizard.elevation.codec import NAME
from wizard.elevation.dbus import polkit as authority
from wizard.elevation.dbus.accounts import account
from wizard.elevation.dispatch import CallRequest, Dispatcher
from wizard.elevation.errors import NotAllowed, NotReached
from wizard.elevation.methods import Action
from wizard.elevation.quota import Quota
from wizard.plan.change import allow_all

SOMEBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another person")
def test_a_stranger_with_a_silent_polkit_agent_blocks_only_themselves(
    bus: Bus, remote: Controller, polkit: FakePolkit
) -> None:
    polkit.says = "nothing"
    with many_callers(bus.address, SOMEBODY, 12) as results:
        assert results == ["taken"] * 8 + [f"{NAME}.Busy"] * 4
        until(lambda: len(polkit.questions) == 8)
        polkit.says = "yes"
        assert remote.installation.installed() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another person")
def test_who_is_let_in_and_says_nothing_blocks_only_themselves(
    bus: Bus, remote: Controller, polkit: FakePolkit
) -> None:
    with many_callers(bus.address, SOMEBODY, 12) as results:
        assert results.count("taken") >= 8
        assert remote.installation.installed() is None


def test_who_is_refused_leaves_their_place(
    bus: Bus, remote: Controller, polkit: FakePolkit
) -> None:
    polkit.says = "no"
    for _ in range(9):
        with pytest.raises(NotAllowed):
            remote.installation.installed()
    polkit.says = "yes"
    assert remote.installation.installed() is None


def test_all_who_wait_are_not_more_than_the_bus_takes() -> None:
    places = Quota(lambda user: user)
    for user in range(64):
        places.wait(user)
    with pytest.raises(NotReached, match="Too much is asked at once"):
        places.wait(64)
    places.wait_no_more(3)
    places.wait(64)


def test_a_caller_whom_the_bus_does_not_know_is_not_taken(bus: Bus) -> None:
    with pytest.raises(NotReached, match="does not say who asks"):
        authority.user_of(":1.4242")


def test_one_person_never_has_all_the_places_at_work() -> None:
    places = Quota(account)
    with contextlib.ExitStack() as held:
        for _ in range(4):
            held.enter_context(places.at_work(0))
        with pytest.raises(NotReached), places.at_work(0):
            pass
        with places.at_work(SOMEBODY):
            pass
    with places.at_work(0):
        pass


def test_users_without_an_account_are_one() -> None:
    """A person may have 65536 of them, and each is another to the bus."""
    places = Quota(account.__wrapped__)
    strangers = [100_000 + number for number in range(8)]
    for user in strangers:
        with pytest.raises(KeyError):
            pwd.getpwuid(user)
        places.wait(user)
    with pytest.raises(NotReached, match="Too much is asked at once"):
        places.wait(165_535)
    places.wait(0)
    for user in strangers:
        places.wait_no_more(user)
    places.wait(165_535)


class Unread:
    """The channel of a caller who reads nothing: what is said waits."""

    def __init__(self) -> None:
        self.stop, self.read = threading.Event(), threading.Event()
        self.saying, self.closed = threading.Event(), threading.Event()

    def first_line(self) -> bytes:
        return b"{}\n"

    def say(self, _line: bytes) -> None:
        self.saying.set()
        self.read.wait(60)

    def close(self) -> None:
        self.closed.set()


def test_who_reads_no_refusal_holds_places_of_their_own_alone(tmp_path: Path) -> None:
    """A caller may fill the socket by its other descriptor, and is not let in."""

    def let_in(_sender: str, _action: Action) -> str:
        raise NotAllowed(Text("No."))

    places, unread = Quota(account), [Unread() for _ in range(8)]
    controller = Controller(FakeHost(tmp_path), allow_all)
    dispatcher = Dispatcher(lambda _who, _may: controller, let_in, places)
    for channel in unread:
        places.wait(SOMEBODY)
        request = CallRequest(":1.1", SOMEBODY, "look", "{}")
        threading.Thread(target=dispatcher.answer, args=(request, channel)).start()
    for channel in unread:
        assert channel.saying.wait(60)
    with pytest.raises(NotReached, match="Too much is asked at once"):
        places.wait(SOMEBODY)
    places.wait(0)
    for channel in unread:
        channel.read.set()
    for channel in unread:
        assert channel.closed.wait(60)
    places.wait(SOMEBODY)
