"""All pages: each field carries its default, bounds and names; a page is a line."""

from itertools import groupby
from operator import attrgetter
from typing import Any

import pytest
from annotated_types import Ge, Le

from agent.config.settings import Settings
from tests.unit.wizard.answered import EXPRESS, ids
from wizard.checks.table import CHECKS
from wizard.flow import defaults, route
from wizard.flow.conditions import choosing
from wizard.flow.conversion import settings_of
from wizard.flow.defaults import defaults as common_answers
from wizard.flow.model import Answers, Field, Page
from wizard.flow.pages.order import FIELDS, PAGES

NUMBERS = [field for field in FIELDS.values() if field.kind == "number"]
# no task is chosen before somebody does
CHOICES = [field for field in FIELDS.values() if field.options and field.path != "task"]


def setting(path: str) -> Any:
    """Give the field of the settings that a path leads to."""
    *parents, last = path.split(".")
    model: Any = Settings
    for name in parents:
        model = model.model_fields[name].annotation
    return model.model_fields[last]


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.path)
def test_the_bounds_of_a_number_are_those_of_the_settings(field: Field) -> None:
    rules = setting(field.path).metadata
    least = next(rule.ge for rule in rules if isinstance(rule, Ge))
    most = next(rule.le for rule in rules if isinstance(rule, Le))
    assert (field.minimum, field.maximum) == (least, most)


def test_a_default_is_that_of_the_settings_where_those_have_one() -> None:
    common = common_answers()
    known = {
        path: setting(path)
        for path in FIELDS
        if path.partition(".")[0] in Settings.model_fields
    }
    own = {path for path, field in known.items() if field.get_default() is not None}
    same = {path for path in own if not known[path].is_required()}
    assert {path: common[path] for path in same} == {
        path: known[path].get_default() for path in same
    }
    assert len(same) >= 8


@pytest.mark.parametrize("field", CHOICES, ids=lambda field: field.path)
def test_the_default_of_a_choice_is_one_of_its_options(field: Field) -> None:
    chosen = field.default if field.kind == "several" else (field.default,)
    assert {option.value for option in field.options}.issuperset(chosen)


def test_a_field_of_several_pages_is_one_in_all_that_does_not_depend_on_the_page() -> (
    None
):
    every = sorted((f for page in PAGES for f in page.fields), key=attrgetter("path"))
    for path, fields in groupby(every, attrgetter("path")):
        promises = {(f.default, f.decision, f.phrase, f.kind) for f in fields}
        assert len(promises) == 1, path


def test_each_switch_has_a_phrase_for_the_plan() -> None:
    for path, field in FIELDS.items():
        if path.startswith("features."):
            assert field.phrase
            assert field.decision


def test_each_check_of_a_page_has_its_row_and_says_what_it_does() -> None:
    checks = [page.check for page in PAGES if page.check]
    assert {check.name for check in checks} == set(CHECKS)
    assert len({(check.name, check.doing) for check in checks}) == len(CHECKS)
    assert all(check.doing and check.label for check in checks)


def test_the_pages_that_a_setup_asks_are_counted() -> None:
    helps = [option.help for option in FIELDS["mode"].options]
    assert helps[0].endswith("an enrolment link and an administrator of the domain.")
    assert helps[1].endswith("You answer 8 pages.")


def test_a_page_that_only_asks_is_added_by_a_line_in_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proofs = Field("limits.proofs", "Proofs", "number", default=2, decision="Proofs")
    page = Page("proofs", "Proofs", "Why.", "Proofs", (proofs,), choosing, help="Help.")
    without = (p for p in PAGES if p.id != "features")
    monkeypatch.setattr(route, "PAGES", (*without, page))
    monkeypatch.setattr(defaults, "FIELDS", {**FIELDS, proofs.path: proofs})
    answers = Answers({**common_answers(), **EXPRESS, "mode": "custom"})
    answers = answers.having({"scope.containers": ("DC=corp,DC=test",)})
    assert ids(answers)[-1] == "proofs"
    assert settings_of(answers).limits.proofs == 2
    answered = answers.having({"limits.proofs": 3})
    assert settings_of(answered).limits.proofs == 3
    assert settings_of(answered.having({"mode": "express"})).limits.proofs == 2
