"""The host hands over without a gap, and never leaves nobody to serve."""

import random
from collections.abc import Callable

import pytest

from agent.platform.windows import restart
from agent.platform.windows.restart import (
    LEAVE,
    PARAMCHANGE,
    UPGRADED,
    Act,
    Doing,
    Hosted,
    Phase,
    Step,
)

# of a hand-over of 1 to another
FAILED = (Doing(Act.TELL_FAILED), Doing(Act.GO_ON, 1))
NEVER = 5  # SERVICE_CONTROL_SHUTDOWN: of no concern here


def running(main: int = 1) -> Hosted:
    now, _ = restart.begin()
    now, _ = restart.started(now, main)
    now, done = restart.ready(now, main)
    assert done == (Doing(Act.REPORT),)
    assert now == Hosted(Phase.RUNNING, main=main)
    return now


def handing_over() -> Hosted:
    now, done = restart.controlled(running(), PARAMCHANGE)
    assert done == (Doing(Act.HOLD, 1), Doing(Act.START))
    now, _ = restart.started(now, 2)
    assert now == Hosted(Phase.HANDING_OVER, main=1, successor=2)
    return now


def test_it_is_running_only_when_the_agent_is_ready() -> None:
    now, done = restart.begin()
    assert (now.phase, done) == (Phase.STARTING, (Doing(Act.START),))
    now, done = restart.started(now, 1)
    assert (now.phase, done) == (Phase.STARTING, ())
    now, done = restart.ready(now, 1)
    assert (now.phase, done) == (Phase.RUNNING, (Doing(Act.REPORT),))


@pytest.mark.parametrize("control", [PARAMCHANGE, UPGRADED])
def test_the_one_before_serves_until_its_successor_is_ready(control: int) -> None:
    now, done = restart.controlled(running(), control)
    assert done == (Doing(Act.HOLD, 1), Doing(Act.START))
    now, done = restart.started(now, 2)
    assert (now.main, done) == (1, ())
    now, done = restart.ready(now, 2)
    assert done == (Doing(Act.SUCCEED, 1),)
    assert now == Hosted(Phase.RUNNING, main=2, draining=frozenset({1}))
    now, done = restart.ended(now, 1)
    assert (now, done) == (Hosted(Phase.RUNNING, main=2), ())


def test_one_that_is_not_ready_in_time_is_ended_and_the_other_goes_on() -> None:
    now, done = restart.too_late(handing_over(), 2)
    assert done == (Doing(Act.KILL, 2), *FAILED)
    assert now == Hosted(Phase.RUNNING, main=1)
    assert restart.ended(now, 2) == (now, ())


def test_a_first_one_that_is_not_ready_in_time_is_a_failure() -> None:
    now, _ = restart.started(restart.begin()[0], 1)
    now, done = restart.too_late(now, 1)
    assert done == (Doing(Act.KILL, 1), Doing(Act.REPORT))
    assert (now.phase, now.failed) == (Phase.STOPPED, True)


def test_one_that_was_succeeded_and_does_not_end_is_ended() -> None:
    now, _ = restart.ready(handing_over(), 2)
    assert restart.drained_too_long(now, 1) == (now, (Doing(Act.KILL, 1),))
    assert restart.drained_too_long(now, 2) == (now, ())


def test_one_that_ends_before_it_is_ready_takes_nobody_along() -> None:
    now, done = restart.ended(handing_over(), 2)
    assert (now, done) == (Hosted(Phase.RUNNING, main=1), FAILED)


def test_one_that_can_not_even_begin_neither() -> None:
    now, _ = restart.controlled(running(), UPGRADED)
    now, done = restart.not_started(now)
    assert (now, done) == (Hosted(Phase.RUNNING, main=1), FAILED)


def test_what_is_asked_during_a_hand_over_is_not_forgotten() -> None:
    now, done = restart.controlled(handing_over(), PARAMCHANGE)
    assert (now.again, done) == (True, ())
    now, done = restart.ready(now, 2)
    assert done == (Doing(Act.SUCCEED, 1), Doing(Act.HOLD, 2), Doing(Act.START))
    assert now == Hosted(Phase.HANDING_OVER, main=2, draining=frozenset({1}))


def test_what_is_asked_before_the_first_is_ready_comes_after() -> None:
    now, _ = restart.begin()
    now, _ = restart.started(now, 1)
    now, done = restart.controlled(now, PARAMCHANGE)
    assert done == ()
    now, done = restart.ready(now, 1)
    assert done == (Doing(Act.REPORT), Doing(Act.HOLD, 1), Doing(Act.START))


def test_a_successor_that_is_under_way_saves_the_service() -> None:
    now, done = restart.ended(handing_over(), 1)
    assert (now.phase, done) == (Phase.HANDING_OVER, (Doing(Act.TELL_ENDED, 1),))
    now, done = restart.ready(now, 2)
    assert (now, done) == (Hosted(Phase.RUNNING, main=2), ())


@pytest.mark.parametrize("last", [restart.ended, restart.too_late])
def test_where_both_are_gone_the_service_has_ended(
    last: Callable[[Hosted, int], Step],
) -> None:
    now, _ = restart.ended(handing_over(), 1)
    now, done = last(now, 2)
    assert (now.phase, now.failed) == (Phase.STOPPED, True)
    assert done[-1] == Doing(Act.REPORT)
    # nobody goes on
    assert Doing(Act.TELL_FAILED) not in done


def test_an_agent_that_ends_by_itself_is_the_end_of_the_service() -> None:
    now, done = restart.ended(running(), 1)
    assert (now.phase, done) == (Phase.STOPPED, (Doing(Act.REPORT),))
    # so that the service control manager starts it again
    assert now.failed
    assert restart.not_started(Hosted())[0].failed


def test_a_stop_waits_for_each_child() -> None:
    now, done = restart.stop(handing_over())
    assert now.phase is Phase.STOPPING
    stops = (Doing(Act.STOP, 1), Doing(Act.STOP, 2))
    assert done == (Doing(Act.REPORT), *stops)
    now, done = restart.ended(now, 2)
    assert (now.phase, done) == (Phase.STOPPING, ())
    now, done = restart.ended(now, 1)
    assert (now.phase, done) == (Phase.STOPPED, (Doing(Act.REPORT),))
    assert not now.failed


def test_a_child_that_is_started_into_a_stop_is_stopped() -> None:
    now, _ = restart.controlled(running(), PARAMCHANGE)
    now, _ = restart.stop(now)
    now, done = restart.started(now, 2)
    assert done == (Doing(Act.STOP, 2),)
    now, _ = restart.ended(now, 1)
    assert now.phase is Phase.STOPPING
    now, _ = restart.ended(now, 2)
    assert now.phase is Phase.STOPPED


def test_what_does_not_end_in_time_is_ended() -> None:
    now, _ = restart.stop(running())
    now, done = restart.out_of_time(now)
    assert done == (Doing(Act.KILL, 1), Doing(Act.REPORT))
    assert (now.phase, now.failed) == (Phase.STOPPED, False)


def left_to_me() -> Hosted:
    now, done = restart.begin(1)
    assert done == (Doing(Act.REPORT), Doing(Act.HOLD, 1), Doing(Act.START))
    now, _ = restart.started(now, 2)
    assert now == Hosted(Phase.HANDING_OVER, main=1, successor=2)
    return now


def test_who_was_left_serves_until_a_child_of_this_host_is_ready() -> None:
    now, done = restart.ready(left_to_me(), 2)
    assert done == (Doing(Act.SUCCEED, 1),)
    assert now == Hosted(Phase.RUNNING, main=2, draining=frozenset({1}))
    now, done = restart.too_late(left_to_me(), 2)
    assert (now, done) == (Hosted(Phase.RUNNING, main=1), (Doing(Act.KILL, 2), *FAILED))


def test_a_host_ends_and_leaves_who_serves() -> None:
    now, done = restart.controlled(running(), LEAVE)
    assert done == (Doing(Act.LEAVE, 1),)
    assert restart.left(now) == (Hosted(Phase.STOPPED), (Doing(Act.REPORT),))
    # or does not, where that can't be
    assert restart.not_left(now) == (running(), ())
    assert restart.left(running()) == (running(), ())


def test_a_hand_over_that_is_under_way_comes_first() -> None:
    now, done = restart.controlled(handing_over(), LEAVE)
    assert done == ()
    drains, done = restart.ready(now, 2)
    assert done == (Doing(Act.SUCCEED, 1),)
    assert restart.ended(drains, 1)[1] == (Doing(Act.LEAVE, 2),)
    # also one that fails
    assert restart.too_late(now, 2)[1][-1] == Doing(Act.LEAVE, 1)


def test_who_leaves_starts_nobody_more() -> None:
    now, _ = restart.controlled(handing_over(), LEAVE)
    now, _ = restart.controlled(now, PARAMCHANGE)
    now, done = restart.ready(now, 2)
    assert done == (Doing(Act.SUCCEED, 1),)


def test_a_stop_is_a_stop_also_for_who_was_to_leave() -> None:
    now, _ = restart.controlled(handing_over(), LEAVE)
    now, _ = restart.stop(now)
    assert restart.ended(restart.ended(now, 2)[0], 1)[0].phase is Phase.STOPPED
    starting, _ = restart.started(restart.begin()[0], 1)
    assert restart.controlled(starting, LEAVE) == (starting, ())


def test_other_controls_do_nothing() -> None:
    assert restart.controlled(running(), NEVER) == (running(), ())
    stopping, _ = restart.stop(running())
    assert restart.controlled(stopping, PARAMCHANGE) == (stopping, ())


class World:
    """What happens to a host: children live, get ready and end as chance has it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.alive: set[int] = set()
        self.starting, self.count = 0, 0
        self.now = Hosted()
        self._take(restart.begin())

    def _take(self, step: Step) -> None:
        self.now, done = step
        for doing in done:
            if doing.act is Act.START:
                self.starting += 1
            if doing.act is Act.KILL:
                self.alive.discard(doing.child)
            if doing.act in (Act.KILL, Act.STOP, Act.SUCCEED, Act.LEAVE):
                assert doing.child > 0
            if doing.act is Act.LEAVE:
                # the one, alone
                assert self.alive == {doing.child}
                could = self.random.choice((restart.left, restart.not_left))
                self._take(could(self.now))
        self.check()

    def step(self) -> None:
        child = self.random.choice([*self.alive, 0])
        happens = [self._start, self._fail_to_start]
        if child:
            happens += [
                lambda: self._take(restart.ready(self.now, child)),
                lambda: self._take(restart.too_late(self.now, child)),
                lambda: self._end(child),
            ]
        control = self.random.choice((PARAMCHANGE, UPGRADED, LEAVE))
        happens.append(lambda: self._take(restart.controlled(self.now, control)))
        if self.random.random() < 0.05:
            happens.append(lambda: self._take(restart.stop(self.now)))
        self.random.choice(happens)()

    def _start(self) -> None:
        if self.starting:
            self.starting, self.count = self.starting - 1, self.count + 1
            self.alive.add(self.count)
            self._take(restart.started(self.now, self.count))

    def _fail_to_start(self) -> None:
        if self.starting:
            self.starting -= 1
            self._take(restart.not_started(self.now))

    def _end(self, child: int) -> None:
        self.alive.discard(child)
        self._take(restart.ended(self.now, child))

    def check(self) -> None:
        now = self.now
        assert self.starting <= 1
        if now.phase is Phase.RUNNING:
            assert now.main
            assert now.successor == 0
            assert self.starting == 0
        if now.phase is Phase.HANDING_OVER:
            assert now.successor or self.starting
        if now.phase is Phase.STOPPING:
            assert now.main or now.successor or now.draining or self.starting


def test_whatever_happens_somebody_serves_or_the_service_has_ended() -> None:
    for seed in range(2_000):
        world = World(seed)
        for _ in range(40):
            if world.now.phase is Phase.STOPPED:
                break
            world.step()
