"""People who are found, explained and answered come over the bus the same, bounded."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest

from agent.ldap.connection import Connection
from agent.ldap.errors import Unreachable
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.elevation.conftest import ServiceStage
from tests.unit.wizard.elevation.test_remote import INPUTS
from tests.unit.wizard.health.staged import GOOD, NOW, answered
from tests.unit.wizard.permissions.test_people_search import Directory, person
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_people import NIKO, person_of
from wire.outcomes import Code, Refused
from wire.text import Text
from wizard.controller.controller import Controller
from wizard.health.person_answers import MOST_ANSWERS
from wizard.permissions import people_search
from wizard.permissions.people_search import MOST_FOUND, find_people

HOSTILE = "\x1b]0;owned\x07\u202e" + "x" * 9000


@pytest.mark.parametrize("words", ["anna", "niko.keller@corp.test", "nobody"])
def test_whom_a_name_means_is_found_the_same(
    remote: Controller, stage: ServiceStage, words: str
) -> None:
    direct = FakeController().permissions.find_people(SETTINGS, INPUTS, words)
    assert remote.permissions.find_people(SETTINGS, INPUTS, words) == direct
    assert stage.fake.permissions.calls == [("find_people", SETTINGS, INPUTS, words)]


def test_what_nobody_can_be_named_by_is_refused_the_same(remote: Controller) -> None:
    with pytest.raises(Refused, match="printable characters") as caught:
        remote.permissions.find_people(SETTINGS, INPUTS, "x" * 2000)
    assert caught.value.code is Code.BAD_REQUEST


def test_a_directory_that_does_not_answer_is_told_the_same(
    remote: Controller, stage: ServiceStage
) -> None:
    error = Unreachable("dc1", Text("no answer"), Text("look at port 636"))
    stage.fake.permissions.error = error
    with pytest.raises(Unreachable) as caught:
        remote.permissions.find_people(SETTINGS, INPUTS, "anna")
    assert vars(caught.value) == vars(error)


def test_what_a_directory_puts_into_names_is_printable_and_bounded_on_the_other_side(
    remote: Controller, stage: ServiceStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        person(number, HOSTILE, f"a{number}{HOSTILE}")
        for number in range(MOST_FOUND + 5)
    ]
    directory = cast("Connection", Directory(*people))

    def find(settings: Any, inputs: Any, words: str) -> Any:
        assert settings
        assert inputs
        return find_people(directory, SETTINGS.directory.base_dn, words, "mail")

    monkeypatch.setattr(stage.fake.permissions, "find_people", find)
    found = remote.permissions.find_people(SETTINGS, INPUTS, "a")
    assert (len(found.people), found.more) == (MOST_FOUND, True)
    for each in found.people:
        shown = (each.dn, each.name, each.sign_in_name, *each.names)
        assert all(text.isprintable() and len(text) <= 8192 for text in shown)
        assert len(each.name) <= people_search.MOST_NAME


def test_one_person_is_explained_with_the_entries(remote: Controller) -> None:
    for number in (0, NIKO):
        guid = str(UUID(int=number + 1))
        asked = (SETTINGS, INPUTS, "objectGUID", guid)
        direct = FakeController().permissions.explain(*asked)  # type: ignore[arg-type]
        crossed = remote.permissions.explain(*asked)  # type: ignore[arg-type]
        assert crossed == direct
        assert crossed.listed.entries[0].words.as_dict() == (
            direct.listed.entries[0].words.as_dict()
        )


def test_who_is_gone_is_told_the_same(remote: Controller, stage: ServiceStage) -> None:
    stage.fake.permissions.gone = frozenset({NIKO})
    guid = str(person_of(NIKO).guid)
    with pytest.raises(Refused, match="no person has the objectGUID") as caught:
        remote.permissions.explain(SETTINGS, INPUTS, "objectGUID", guid)
    assert caught.value.code is Code.USER_NOT_FOUND
    assert caught.value.outcome.remedy


def test_the_answers_about_a_person_come_back_the_same_and_bounded(
    remote: Controller, stage: ServiceStage
) -> None:
    niko = person_of(NIKO)
    more = (
        answered(NOW, "too_short", person=niko.sign_in_name, detail=HOSTILE)
        for _ in range(MOST_ANSWERS + 5)
    )
    records = (*GOOD, *more)
    stage.fake.records = records
    direct = FakeController(records=records).health.answers_about(niko)
    crossed = remote.health.answers_about(niko)
    assert crossed == direct
    assert (len(crossed.answers), crossed.more) == (MOST_ANSWERS, True)
    for answer in crossed.answers:
        assert answer.detail.isprintable()
        assert len(answer.detail) <= 1024
        assert len(answer.record) <= 8001
    nobody = replace(niko, dn="", names=())
    assert remote.health.answers_about(nobody).answers == ()
