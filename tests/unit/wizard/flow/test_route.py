"""Routes: answers in, pages out."""

from tests.unit.wizard.answered import SETTINGS, ids
from wizard.flow.model import Answers
from wizard.flow.pages.order import PAGES
from wizard.flow.route import next_page, route

EXPRESS = [
    *("welcome", "mode", "relay", "directory", "account"),
    *("review", "apply", "complete"),
]
EXTRA = ["scope", "identify", "pilot", "features", "self_service", "permissions"]
CUSTOM = [*EXPRESS[:5], *EXTRA, *EXPRESS[5:]]


def test_express_skips_what_has_a_usual_answer() -> None:
    assert ids(Answers({"mode": "express"})) == EXPRESS


def test_customize_asks_everything() -> None:
    assert ids(Answers({"mode": "custom"})) == CUSTOM


def test_an_installation_opens_with_its_tasks() -> None:
    assert ids(Answers(installed=SETTINGS)) == ["health"]


def test_changing_options_walks_the_pages_and_ends_in_the_difference() -> None:
    asked = "relay directory account scope pilot features self_service permissions"
    way = ["health", *asked.split(), "review", "apply", "complete"]
    assert ids(Answers({"task": "options"}, SETTINGS)) == way


def test_self_service_is_one_page_before_the_difference() -> None:
    answers = Answers({"task": "self_service"}, SETTINGS)
    assert ids(answers) == ["health", "self_service", "review", "apply", "complete"]


def test_turning_writeback_off_goes_straight_to_the_difference() -> None:
    answers = Answers({"task": "writeback"}, SETTINGS)
    assert ids(answers) == ["health", "review", "apply", "complete"]


def test_viewing_and_testing_are_one_page_each() -> None:
    assert ids(Answers({"task": "view"}, SETTINGS)) == ["health", "view"]
    assert ids(Answers({"task": "test"}, SETTINGS)) == ["health", "test"]
    for task in ("permissions", "explain"):
        assert ids(Answers({"task": task}, SETTINGS)) == ["health", task]


def test_new_keys_are_one_page_before_the_difference() -> None:
    answers = Answers({"task": "rekey"}, SETTINGS)
    assert ids(answers) == ["health", "rekey", "review", "apply", "complete"]


def test_a_recovery_stands_before_both_journeys() -> None:
    assert ids(Answers(recovery=True)) == ["recovery"]
    assert ids(Answers({"task": "options"}, SETTINGS, recovery=True)) == ["recovery"]


def test_the_mode_of_an_installation_does_not_reach_a_reconfiguration() -> None:
    answers = Answers({"mode": "custom", "task": "options"}, SETTINGS)
    assert "identify" not in ids(answers)


def test_next_is_the_neighbour_and_the_last_has_none() -> None:
    answers = Answers({"mode": "express"})
    assert next_page(answers, "account") == "review"
    assert next_page(answers, "complete") is None


def test_a_page_that_left_the_route_leads_to_its_start() -> None:
    assert next_page(Answers(installed=SETTINGS), "recovery") == "health"


def test_every_page_says_why_and_has_its_own_name_and_help() -> None:
    names = [page.id for page in PAGES]
    assert len(set(names)) == len(names)
    assert all(page.why and page.help and page.rail for page in PAGES)


def test_only_pages_that_change_the_machine_name_an_act() -> None:
    assert [page.id for page in PAGES if page.act] == ["recovery", "review"]


def test_each_question_is_asked_once_in_a_journey() -> None:
    answers = Answers({"mode": "custom", "pilot": "group"})
    paths = [f.path for page in route(answers) for f in page.fields]
    assert len(set(paths)) == len(paths)
