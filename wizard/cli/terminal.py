"""Questions on a terminal: what is typed, and whether a plan is accepted."""

import sys
from collections.abc import Callable

from wizard.cli.errors import BadUsage

Confirm = Callable[[str], bool]


def typed(ask: Callable[[], str]) -> str:
    """Take what is typed at a question.

    Raises:
        BadUsage: Ctrl-C or Ctrl-D came instead.

    """
    try:
        return ask()
    except (KeyboardInterrupt, EOFError):
        raise BadUsage("Stopped at a question.", "Nothing was changed.") from None


def confirm_on_terminal(text: str) -> bool:
    """Show what will be done and ask; nobody to ask is no."""
    print(text, file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadUsage("Nobody can be asked here.", "Accept the plan with --yes.")
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return typed(input).strip().lower() in ("y", "yes")
