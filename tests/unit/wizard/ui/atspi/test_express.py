"""One whole Express installation, by the keyboard and by what is heard alone."""

from tests.fixtures.desktop.assistive import Assistive
from tests.fixtures.desktop.screen import Screen
from tests.unit.wizard.answered import CANARY, CODE
from tests.unit.wizard.ui.atspi.conftest import Start
from tests.unit.wizard.ui.atspi.person import Person
from tests.unit.wizard.ui.fake import INSTALL


def test_express_installs_without_a_look(
    assistive: Assistive, screen: Screen, start: Start
) -> None:
    program = start("express")
    screen.find_window("Writeback")
    person = Person(assistive, screen)

    _answer(person)
    person.hear("Ready to configure")
    person.press("Install")

    person.hear(f"Making {len(INSTALL)} changes")
    for change in INSTALL:
        person.hear(f"{change.summary}: Done.")
    person.hear(f"{len(INSTALL)} changes made.")
    person.hear("Password writeback is on")
    person.press("Close")
    assert program.wait(60) == 0
    assert not [text for text in assistive.announced if CANARY in text]


def _answer(person: Person) -> None:
    person.hear("Set up password writeback")
    person.press("Next")
    person.hear("Express or customize")
    person.go_to("Express")
    person.press("Next")
    person.hear("Connect to the cloud")
    person.fill_in("Enrolment link or code", CODE)
    person.fill_in("Name of this agent", "sync-01")
    person.press("Next")
    person.hear("Asking the relay")
    person.hear("The check ended: all is well")
    person.hear("Connect directories")
    person.press("Next")
    person.hear("Service account")
    person.fill_in("Administrator's password", CANARY)
    person.press("Next")
