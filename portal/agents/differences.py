"""Where agents of one domain say different things of their settings. Pure.

They stand in for each other: what people may do must not depend on who answers.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.agents.answer import Ready


@dataclass(frozen=True)
class Statement:
    """What one agent said last; `name` and `domain` are those of the settings."""

    name: str
    domain: str
    said: Ready


@dataclass(frozen=True)
class Policy:
    """The policy of one domain, field by field: what each of its agents says.

    `values` has for each field the value of each agent, in the order of `agents`.
    """

    domain: str
    agents: tuple[str, ...]
    values: dict[str, tuple[Any, ...]]

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields in which the agents are not of one mind."""
        return tuple(
            field
            for field, said in self.values.items()
            if any(each != said[0] for each in said)
        )


def policies(statements: Iterable[Statement]) -> list[Policy]:
    """Put what agents say side by side, domain by domain."""
    by_domain: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        by_domain[each.domain].append(each)
    return [_policy(domain, own) for domain, own in by_domain.items()]


def _policy(domain: str, own: list[Statement]) -> Policy:
    said = [_fields(each.said) for each in own]
    names = tuple(each.name for each in own)
    values = {field: tuple(each[field] for each in said) for field in said[0]}
    return Policy(domain, names, values)


def _fields(said: Ready) -> dict[str, Any]:
    """Give what the settings decide, flat, such as `registration.extra`."""
    offered = said.self_service.model_dump(mode="json")
    offered["operations"] = sorted(offered["operations"])
    offered["help_desk"] = sorted(offered["help_desk"])
    flat: dict[str, Any] = {}
    for name, value in {**offered, "limits": said.limits.model_dump()}.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{part}": each for part, each in value.items()}
        else:
            flat[name] = value
    flat.pop("registration.networks", None)  # no agent says them to everybody
    return flat
