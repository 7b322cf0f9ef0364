"""The hand-over in the host process of the service, as a pure state machine.

The service control manager sends PARAMCHANGE after other settings were written, and the
control 200 after an upgrade. The host starts a successor, which is the program as it is
on the disk then; once that has set its event `ready`, the one before is succeeded and
drains. One that does not get ready is ended, and the one before goes on: an upgrade
that fails takes nobody down. What happens comes in, what is to be done comes out.

The host itself is the program of a version, and whoever is to remove that sends the
control 201: the host leaves who serves to the next host, and ends. The next one begins
with that child, as one that a successor is started for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

PARAMCHANGE = 6  # SERVICE_CONTROL_PARAMCHANGE
# of those that are a service's own, 128 to 255
UPGRADED, LEAVE = 200, 201
ASKING = frozenset({PARAMCHANGE, UPGRADED})
# of a successor: below the time that the wizard waits, as on Linux
READY_S = 30.0


class Phase(Enum):
    """What the host is at, as the service control manager is told."""

    STARTING = "START_PENDING"
    RUNNING = "RUNNING"
    HANDING_OVER = "RUNNING, with a successor"
    STOPPING = "STOP_PENDING"
    STOPPED = "STOPPED"


class Act(Enum):
    """What the host does next."""

    START = "start a child, and the time in which it is to be ready"
    REPORT = "tell the service control manager the phase"
    SUCCEED = "set succeeded and stop of a child"
    STOP = "set stop of a child"
    KILL = "end a child by force"
    HOLD = "tell a child that its successor is on the way"
    GO_ON = "tell a child that it has none"
    LEAVE = "leave a child to the next host"
    TELL_FAILED = "write an event: no successor got ready"
    TELL_ENDED = "write an event: who served has ended, and a successor is awaited"


@dataclass(frozen=True)
class Doing:
    """One act, and the process id of the child that it is about; 0 without one."""

    act: Act
    child: int = 0


@dataclass(frozen=True)
class Hosted:
    """The children of the host: who serves, who is to, and who drains.

    `again`: a hand-over was asked for while one was under way. `leaving`: this host is
    to end as soon as one child alone is there. `failed`: it stopped, and nobody had
    asked for that.
    """

    phase: Phase = Phase.STARTING
    main: int = 0
    successor: int = 0
    draining: frozenset[int] = frozenset()
    again: bool = False
    leaving: bool = False
    failed: bool = False


Step = tuple[Hosted, Sequence[Doing]]


def begin(left: int = 0) -> Step:
    """Begin: the first child is started, or a successor of who was left to this host.

    That one serves already, so that the service runs.
    """
    if not left:
        return Hosted(), (Doing(Act.START),)
    taken, done = _handing_over(Hosted(main=left))
    return taken, (Doing(Act.REPORT), *done)


def started(now: Hosted, child: int) -> Step:
    """Take note of the child that was started."""
    if now.phase is Phase.STOPPED:
        return now, (Doing(Act.KILL, child),)
    if now.phase is Phase.STOPPING:
        return _drains(now, child), (Doing(Act.STOP, child),)
    if now.phase is Phase.STARTING:
        return replace(now, main=child), ()
    return replace(now, successor=child), ()


def not_started(now: Hosted) -> Step:
    """Go on without the child that could not be started; the first is the end."""
    if now.phase is Phase.HANDING_OVER:
        return _gone_on(now)
    return (now, ()) if _children(now) else _over(now)


def controlled(now: Hosted, control: int) -> Step:
    """Take a control: a successor, for those that ask for one; the others do nothing.

    Before the first child is ready nothing is to be handed over: it is asked again.
    """
    if now.phase in (Phase.STOPPING, Phase.STOPPED):
        return now, ()
    if control == LEAVE:
        # who starts is nobody to leave: that host is stopped instead
        starting = now.phase is Phase.STARTING
        return (now, ()) if starting else _leaving(replace(now, leaving=True))
    if control not in ASKING:
        return now, ()
    if now.phase is Phase.RUNNING:
        return _handing_over(now)
    return replace(now, again=True), ()


def ready(now: Hosted, child: int) -> Step:
    """Take the word of a child that it is ready: it is the one who serves."""
    if now.phase is Phase.STARTING and child == now.main:
        return _running(now, Doing(Act.REPORT))
    if now.phase is Phase.HANDING_OVER and child == now.successor:
        handed = replace(_drains(now, now.main), main=child, successor=0)
        done = [Doing(Act.SUCCEED, now.main)] if now.main else []
        return _running(handed, *done)
    return now, ()


def too_late(now: Hosted, child: int) -> Step:
    """End a child whose time to get ready is over; before that nothing happens."""
    if now.phase is Phase.STARTING and child == now.main:
        # by its failure actions the service control manager starts it again
        over, done = _over(now)
        return over, (Doing(Act.KILL, child), *done)
    if now.phase is Phase.HANDING_OVER and child == now.successor:
        on, done = _gone_on(replace(now, successor=0))
        return on, (Doing(Act.KILL, child), *done)
    return now, ()


def drained_too_long(now: Hosted, child: int) -> Step:
    """End one that was succeeded and does not end; it is heard of when it has."""
    return now, (Doing(Act.KILL, child),) if child in now.draining else ()


def ended(now: Hosted, child: int) -> Step:
    """Take note that a child has ended.

    Where it was the one who serves, nobody does: a successor that is under way is
    waited for; without one the service has ended.
    """
    rest = replace(
        now,
        main=0 if child == now.main else now.main,
        successor=0 if child == now.successor else now.successor,
        draining=now.draining - {child},
    )
    if now.phase is Phase.STOPPING and not _children(rest):
        return _over(rest)
    if now.phase is Phase.HANDING_OVER and child == now.successor:
        return _gone_on(rest)
    if now.phase is Phase.HANDING_OVER and child == now.main:
        return rest, (Doing(Act.TELL_ENDED, child),)
    if now.phase in (Phase.STARTING, Phase.RUNNING) and child == now.main:
        return _over(rest)
    return _leaving(rest)


def left(now: Hosted) -> Step:
    """End without the child that was left: it goes on by itself."""
    if now.phase is not Phase.RUNNING or not now.leaving:
        return now, ()
    return Hosted(Phase.STOPPED), (Doing(Act.REPORT),)


def not_left(now: Hosted) -> Step:
    """Stay: it could not be left."""
    return replace(now, leaving=False), ()


def stop(now: Hosted) -> Step:
    """Stop: each child answers what is under way."""
    if now.phase in (Phase.STOPPING, Phase.STOPPED):
        return now, ()
    children = _children(now) - now.draining
    stopping = replace(now, phase=Phase.STOPPING, again=False, leaving=False)
    done = (Doing(Act.REPORT), *(Doing(Act.STOP, each) for each in sorted(children)))
    if not _children(now) and now.phase is not Phase.STARTING:
        return _over(stopping)
    return stopping, done


def out_of_time(now: Hosted) -> Step:
    """End what has not ended in the time that a stop may take."""
    if now.phase is not Phase.STOPPING:
        return now, ()
    killed = tuple(Doing(Act.KILL, each) for each in sorted(_children(now)))
    over, done = _over(now)
    return over, (*killed, *done)


def _running(now: Hosted, *done: Doing) -> Step:
    """Serve; and hand over at once what was asked for meanwhile."""
    if now.leaving:
        # the next host starts another anyway
        next_, more = _leaving(replace(now, phase=Phase.RUNNING, again=False))
        return next_, (*done, *more)
    if now.again:
        next_, more = _handing_over(replace(now, again=False))
        return next_, (*done, *more)
    return replace(now, phase=Phase.RUNNING), done


def _leaving(now: Hosted) -> Step:
    """Leave who serves, once nobody drains whom this host is to look after."""
    alone = now.phase is Phase.RUNNING and not now.draining
    return now, (Doing(Act.LEAVE, now.main),) if now.leaving and alone else ()


def _gone_on(now: Hosted) -> Step:
    """Go on without a successor; one that was asked for meanwhile is tried.

    Where the one before has ended meanwhile, nobody is left to serve.
    """
    if not now.main:
        return _over(now)
    return _running(now, Doing(Act.TELL_FAILED), Doing(Act.GO_ON, now.main))


def _handing_over(now: Hosted) -> Step:
    next_ = replace(now, phase=Phase.HANDING_OVER)
    return next_, (Doing(Act.HOLD, now.main), Doing(Act.START))


def _drains(now: Hosted, child: int) -> Hosted:
    return replace(now, draining=now.draining | {child} - {0})


def _children(now: Hosted) -> frozenset[int]:
    return frozenset({now.main, now.successor, *now.draining} - {0})


def _over(now: Hosted) -> Step:
    failed = now.phase is not Phase.STOPPING
    over = Hosted(Phase.STOPPED, draining=now.draining, failed=failed)
    return over, (Doing(Act.REPORT),)
