"""What stands in the bar above the footer: an outcome, a warning, a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wizard.results import State


@dataclass(frozen=True)
class Action:
    """A next step that a notice offers, as a button."""

    label: str
    act: Callable[[], Any]


@dataclass(frozen=True)
class Notice:
    """One line for the bar: its state, its words, and the steps it offers.

    `took` is a duration in milliseconds, zero where that says nothing.
    """

    state: State
    text: str
    took: float = 0
    actions: tuple[Action, ...] = ()
