"""A budget is taken one by one, comes back with time, and is never overdrawn."""

from sqlalchemy import Connection, func, select

from portal.database import budgets
from portal.database.schema import BUDGET
from portal.limits.budget import Budget

THREE = Budget("three an hour", 3, 3600.0)


def test_so_many_at_once_and_one_more_in_its_time(connection: Connection) -> None:
    taken = [budgets.take(connection, THREE, "anna", 0.0) for _ in range(5)]
    assert taken == [True, True, True, False, False]
    assert budgets.left(connection, THREE, "anna", 0.0) == 0
    assert budgets.wait(connection, THREE, "anna", 0.0) == 1200.0
    assert not budgets.take(connection, THREE, "anna", 1199.0)
    assert budgets.take(connection, THREE, "anna", 1200.0)
    assert budgets.left(connection, THREE, "anna", 1e6) == 3


def test_what_is_refused_costs_nothing(connection: Connection) -> None:
    for _ in range(50):
        budgets.take(connection, THREE, "anna", 0.0)
    assert budgets.wait(connection, THREE, "anna", 0.0) == 1200.0


def test_each_has_their_own(connection: Connection) -> None:
    for _ in range(3):
        budgets.take(connection, THREE, "anna", 0.0)
    assert budgets.take(connection, THREE, "ben", 0.0)
    budgets.refill(connection, ["anna"])
    assert budgets.left(connection, THREE, "anna", 0.0) == 3
    assert budgets.left(connection, THREE, "ben", 0.0) == 2


def test_what_is_full_again_is_forgotten(connection: Connection) -> None:
    budgets.take(connection, THREE, "anna", 0.0)
    budgets.take(connection, THREE, "ben", 5000.0)
    budgets.forget_full(connection, 5000.0)
    assert connection.scalar(select(func.count()).select_from(BUDGET)) == 1


def test_a_clock_that_was_far_ahead_shuts_nobody_out(connection: Connection) -> None:
    year = 365 * 86_400.0
    for _ in range(3):
        assert budgets.take(connection, THREE, "anna", year)
    assert not budgets.take(connection, THREE, "anna", year)
    # of another node, a little behind, they are gone too
    assert not budgets.take(connection, THREE, "anna", year - 600)
    assert budgets.left(connection, THREE, "anna", 0.0) == 3
    assert budgets.wait(connection, THREE, "anna", 0.0) == 0
    taken = [budgets.take(connection, THREE, "anna", 0.0) for _ in range(4)]
    assert taken == [True, True, True, False]
