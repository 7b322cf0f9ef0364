"""The hops of a test follow each other, and their sum is the whole."""

import pytest

from tests.unit.wizard.ui.fake import TESTED
from wizard.ui.presenters.hops import hops_of


def test_hops_stand_in_the_order_of_the_way_each_where_the_one_before_ended() -> None:
    hops = hops_of(TESTED.ms)

    assert [hop.ms for hop in hops] == [12.0, 8.0, 9.0, 14.0, 38.0]
    assert [hop.start for hop in hops] == [0.0, 12.0, 20.0, 29.0, 43.0]
    assert sum(hop.ms for hop in hops) == pytest.approx(TESTED.ms["total"])


def test_a_check_has_no_hop_that_writes() -> None:
    hops = hops_of({"relay": 5.0, "agent": 9.0, "agent: find": 2.0})

    assert [hop.ms for hop in hops] == [5.0, 7.0, 2.0]
    assert not any("password is set" in hop.name for hop in hops)


def test_no_answer_has_no_hops() -> None:
    assert hops_of({}) == ()
