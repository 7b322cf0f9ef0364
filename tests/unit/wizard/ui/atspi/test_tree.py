"""Every page's tree as a screen reader gets it.

Role, name, description, state and order.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tests.fixtures.desktop.assistive import Accessible, Assistive
from tests.unit.wizard.ui.atspi.conftest import Start
from tests.unit.wizard.ui.atspi.controls import Control
from wizard.flow.pages.order import PAGES

_NAMED = (
    *("push button", "toggle button", "radio button", "check box", "link"),
    *("text", "password text", "spin button", "combo box"),
    *("table", "tree", "tree table", "list", "progress bar", "heading"),
)
_WHOLE = ("table", "tree", "tree table", "spin button", "combo box", "scroll bar")
_CONTROLS = (
    *("push button", "toggle button", "radio button", "check box", "link"),
    *("text", "password text", "spin button", "combo box"),
)


def test_every_page_is_read_through_at_spi(assistive: Assistive, start: Start) -> None:
    program = start("pages")

    faults = {
        name: [*_faults(tree), *_differences(tree, controls)]
        for name, controls, tree in _read(program, assistive)
    }

    assert program.wait(60) == 0
    assert {page.id for page in PAGES} <= set(faults)
    assert not [f"{name}: {each}" for name, found in faults.items() for each in found]


def _read(
    program: subprocess.Popen[str], assistive: Assistive
) -> Iterator[tuple[str, list[Control], Accessible]]:
    """Give each page: its name, the controls that its widgets are, its tree."""
    assert program.stdout
    assert program.stdin
    while line := program.stdout.readline().strip():
        told = json.loads(line)
        controls = [Control(*each) for each in told["controls"]]
        yield told["page"], controls, assistive.newest_window()
        program.stdin.write("\n")
        program.stdin.flush()


def _differences(window: Accessible, controls: list[Control]) -> Iterator[str]:
    """Tell controls that are read otherwise than they are, or not at all."""
    read = Counter(filter(None, map(_control, _outside_of_wholes(window))))
    wanted = Counter(controls)
    yield from (f"is not read: {each}" for each in wanted - read)
    yield from (f"is read, and is not there: {each}" for each in read - wanted)


def _control(node: Accessible) -> Control | None:
    if node.role not in _CONTROLS:
        return None
    enabled, checked = "enabled" in node.states, "checked" in node.states
    return Control(node.role, node.name, node.description, enabled, checked)


def _faults(window: Accessible) -> Iterator[str]:
    shown = list(_outside_of_wholes(window))
    yield from (f"{each} has no name" for each in shown if _lacks_name(each))
    for group in shown:
        yield from _alike(group)
    yield from _faults_of_page(shown)


def _outside_of_wholes(node: Accessible) -> Iterator[Accessible]:
    """Give what is read one by one: not what is inside a table or a drop-down."""
    yield node
    if node.role not in _WHOLE:
        for part in node.parts:
            yield from _outside_of_wholes(part)


def _lacks_name(each: Accessible) -> bool:
    return not each.name and (each.role in _NAMED or "focusable" in each.states)


def _alike(group: Accessible) -> Iterator[str]:
    """Give the options of one group that are read alike, and a group without a name."""
    options = [each.name for each in group.all("radio button")]
    asked = any(each.role == "radio button" for each in group.parts)
    if asked and len(options) > 1 and not group.name:
        yield f"the group of {options} has no name"
    if group.role in ("panel", "grouping"):
        counted = Counter(options).items()
        yield from (f"{n} options are {name!r}" for name, n in counted if n > 1)


def _faults_of_page(shown: list[Accessible]) -> Iterator[str]:
    """Tell a page by its title: a heading, with what is read after it in its order."""
    headings = [at for at, each in enumerate(shown) if each.role == "heading"]
    if not headings:
        if any(each.role == "filler" and each.name for each in shown):
            yield "no heading"
        return
    # what is further down lies behind the footer, which is read after it
    end = next((at for at, each in enumerate(shown) if each.name == "Help"), None)
    texts = [
        each
        for each in shown[headings[0] : end]
        if each.name and not each.parts and each.place.height > 0
    ]
    for before, after in pairwise(texts):
        above = after.place.y + after.place.height <= before.place.y
        beside = after.place.x >= before.place.x + before.place.width
        if above and not beside:
            yield f"{after} is read after {before}, and stands above it"
