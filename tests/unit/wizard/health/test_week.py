"""Seven days by this machine's clock, counted and timed."""

from datetime import timedelta

import pytest

from tests.unit.wizard.health.staged import BAD_NIGHT, GOOD, NOW, answered, week
from wire.operation import Operation
from wizard.health.audit_records import Budget
from wizard.health.week import Counts, percentile, week_of


def test_seven_days_end_with_today_whether_or_not_anything_came() -> None:
    found = week(())
    assert [day.date.day for day in found.days] == [18, 19, 20, 21, 22, 23, 24]
    assert found.counts == Counts()
    assert (found.p50_ms, found.last, found.most) == (None, (), None)


def test_answers_are_counted_by_day_and_outcome() -> None:
    records = (
        answered(NOW),
        answered(NOW - timedelta(minutes=1), "too_short"),
        answered(NOW - timedelta(days=1), "internal"),
        answered(NOW - timedelta(days=8)),
    )
    found = week(records)
    assert found.days[-1].counts == Counts(1, 1, 0)
    assert found.days[-2].counts == Counts(0, 0, 1)
    assert found.counts.all == 3


def test_a_day_begins_at_midnight_of_this_machines_clock() -> None:
    midnight = NOW.replace(hour=0, minute=0, second=0)
    found = week((answered(midnight), answered(midnight - timedelta(seconds=1))))
    assert [day.counts.done for day in found.days] == [0, 0, 0, 0, 0, 1, 1]


def test_a_check_sets_no_password_and_is_listed_alone() -> None:
    found = week((answered(code="too_young", op=Operation.CHECK),))
    assert found.counts.all == 0
    assert [answer.is_check for answer in found.last] == [True]


def test_a_record_of_the_future_is_not_counted() -> None:
    assert week((answered(NOW + timedelta(hours=2)),)).counts.all == 0


def test_the_last_answers_can_be_opened_and_are_few() -> None:
    found = week(GOOD)
    assert len(found.last) == 30
    assert [each.at for each in found.last] == sorted(
        (each.at for each in found.last), reverse=True
    )
    assert '"event_name"' in found.last[0].record


def test_a_bad_night_names_what_most_of_it_was() -> None:
    found = week(BAD_NIGHT)
    assert found.recent.failed > found.recent.refused > 0
    assert found.most is not None
    assert found.most.code == "permission_denied"
    assert found.most_count == found.recent.failed


def test_what_reading_ended_at_is_told_where_there_is_more() -> None:
    budget = Budget(records=0)
    found = week_of((answered(NOW - timedelta(days=2)),), NOW, budget)
    assert found.since == (NOW - timedelta(days=2)).replace(microsecond=0)
    assert week(GOOD).since is None


def test_a_record_without_a_time_is_counted_as_unreadable() -> None:
    broken = answered() | {"at": "yesterday"}
    assert week_of((broken,), NOW, Budget()).unreadable == 1


@pytest.mark.parametrize(
    ("percent", "value"), [(50, 50.0), (95, 95.0), (100, 100.0), (1, 1.0)]
)
def test_a_percentile_is_the_nearest_rank(percent: int, value: float) -> None:
    values = [float(each) for each in range(100, 0, -1)]
    assert percentile(values, percent) == value
    assert percentile((), percent) is None
    assert percentile((7.0,), percent) == 7.0
