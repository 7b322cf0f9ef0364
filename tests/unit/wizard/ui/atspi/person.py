"""A person who sees nothing: has a keyboard, and hears what is said and focused."""

from tests.fixtures.desktop.assistive import Assistive
from tests.fixtures.desktop.screen import Screen

_MOST = 60  # presses of Tab before a control counts as out of reach


class Person:
    """Goes by what was heard alone."""

    def __init__(self, assistive: Assistive, screen: Screen) -> None:
        self._assistive, self._screen = assistive, screen
        self._up_to = 0  # announcements before this were listened to

    def hear(self, text: str) -> None:
        """Wait for an announcement that begins so, after the one heard last."""
        heard = self._assistive.announced

        def there() -> bool:
            return any(each.startswith(text) for each in heard[self._up_to :])

        self._assistive.listen_until(there, f"{text!r} after {self._up_to}")
        later = range(self._up_to, len(heard))
        self._up_to = next(at for at in later if heard[at].startswith(text)) + 1
        # what is moved to with it is on its way before this is answered
        self._assistive.windows()
        self._assistive.take()

    def go_to(self, name: str) -> None:
        """Press Tab until the control of this name has the keyboard."""
        focused, passed = self._assistive.focused, []
        for _ in range(_MOST):
            if focused and focused[-1] == name:
                return
            passed.append(self._tab())
        raise AssertionError(f"no {name!r} among {passed}")

    def _tab(self) -> str:
        """Press Tab; give the name of what has the keyboard then."""
        focused = self._assistive.focused
        before = len(focused)
        self._screen.press("Tab")
        self._assistive.listen_until(lambda: len(focused) > before, "the keyboard")
        return focused[-1]

    def fill_in(self, name: str, text: str) -> None:
        """Go to a field and type over what is in it."""
        self.go_to(name)
        self._screen.press("ctrl+a")
        self._screen.type(text)

    def press(self, name: str) -> None:
        """Go to a button and press it."""
        self.go_to(name)
        self._screen.press("space")
