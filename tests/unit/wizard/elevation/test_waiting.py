"""Whoever waits for polkit keeps nobody else from being answered."""

import os

import pytest

from tests.unit.wizard.elevation.bus import Bus, FakePolkit, until
from tests.unit.wizard.elevation.many_callers import many_callers
from wizard.controller.controller import Controller
from wizard.elevation.codec import NAME
from wizard.elevation.dbus import polkit as authority
from wizard.elevation.errors import NotAllowed, NotReached
from wizard.elevation.quota import Quota

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
    places = Quota()
    for user in range(64):
        places.wait(user)
    with pytest.raises(NotReached, match="Too much is asked at once"):
        places.wait(64)
    places.wait_no_more(3)
    places.wait(64)


def test_a_caller_whom_the_bus_does_not_know_is_not_taken(bus: Bus) -> None:
    with pytest.raises(NotReached, match="does not say who asks"):
        authority.user_of(":1.4242")
