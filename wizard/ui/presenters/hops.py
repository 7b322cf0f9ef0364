"""The hops of a test in time, each with its milliseconds, as the answer has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wire.text import Text

# the stages of an agent that ask the domain controller (agent.request.handler)
_AT_CONTROLLER = {
    "find": Text("Domain controller: the person is found"),
    "judge": Text("Domain controller: permissions and policy are read"),
    "write": Text("Domain controller: the password is set"),
}


@dataclass(frozen=True)
class Hop:
    """One hop: what it is, when it began and how long it took, in milliseconds."""

    name: Text
    start: float
    ms: float


def hops_of(ms: Mapping[str, float]) -> tuple[Hop, ...]:
    """Put the times of a self-test into the order of the way.

    The way there and back through the relay is measured as one: clocks of two machines
    would be compared otherwise.
    """
    hops, at = list[Hop](), 0.0
    for name, spent in _parts(ms):
        hops.append(Hop(name, at, spent))
        at += spent
    return tuple(hops)


def _parts(ms: Mapping[str, float]) -> Iterator[tuple[Text, float]]:
    if "relay" not in ms:
        return
    at_controller = {
        text: ms[f"agent: {stage}"]
        for stage, text in _AT_CONTROLLER.items()
        if f"agent: {stage}" in ms
    }
    yield Text("Portal, relay, agent, and back"), ms["relay"]
    own = max(0.0, ms.get("agent", 0.0) - sum(at_controller.values()))
    yield Text("Agent: the request is opened, the answer sealed"), own
    yield from at_controller.items()
