"""Questions on a terminal: what is typed, and whether a plan is accepted."""

import getpass
import sys
import unicodedata
from collections.abc import Callable

from wire.secret import Secret
from wire.text import Text
from wizard.cli.errors import BadUsage
from wizard.cli.output import tell
from wizard.translation import say

Confirm = Callable[[str], bool]
NOTHING_CHANGED = Text("Nothing was changed.")


def typed(ask: Callable[[], str]) -> str:
    """Take what is typed at a question; BadUsage where Ctrl-C or Ctrl-D came."""
    try:
        return ask()
    except (KeyboardInterrupt, EOFError):
        what = Text("Stopped at a question.")
        raise BadUsage(what, NOTHING_CHANGED) from None


def ask_line(prompt: Text) -> str:
    """Ask for a line, with the question on standard error."""
    tell(f"{say(prompt)} ", end="")
    return typed(input)


def ask_secret(prompt: Text) -> Secret:
    """Ask for a secret, which is not shown as it is typed."""
    named = Text("{prompt}:", prompt=prompt)
    return Secret(typed(lambda: getpass.getpass(f"{say(named)} ")))


def confirm_on_terminal(text: str) -> bool:
    """Show what will be done and ask; nobody to ask is no."""
    tell(text)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        what = Text("Nobody can be asked here.")
        raise BadUsage(what, Text("Accept the plan with --yes."))
    return _is_yes(ask_line(Text("Go on? [y/N]")))


def _is_yes(answer: str) -> bool:
    """Say whether an answer is yes, in English or the language of the question.

    Accents may be left out: not every keyboard has them.
    """
    words = ("yes", _plain(say(Text("yes"))))
    return _plain(answer.strip()) in {*words, *(word[:1] for word in words)}


def _plain(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
