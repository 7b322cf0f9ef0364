"""A person chooses security questions in a browser and answers them there."""

from selenium.webdriver.common.by import By

from portal.methods.security_questions import PREDEFINED
from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.running import ANNA, Running
from tests.integration.portal.conftest import Gallery, sign_in

_ANSWERS = ("Mill Lane", "The Beatles", "Carla")


def test_questions_are_chosen_and_asked(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    portal.agent.people[0].kinds = ("recovery_code", "questions")
    sign_in(browser)
    browser.open("/account/recovery")
    browser.button("Make ten codes").click()
    browser.wait_for_words("I kept them")
    code = browser.driver.find_element(By.CSS_SELECTOR, "ol.codes bdi").text
    browser.press("I kept them", "How you prove who you are")
    browser.press("Security questions", "Security questions")
    gallery.look("account-questions", "Security questions")
    for at, answer in enumerate(("same", "same", "other")):
        browser.type(f"answer_{at}", answer)
    browser.button("Keep these answers").click()
    browser.wait_for_words("Give a different answer")
    gallery.look("account-questions-wrong", "Security questions")
    for at, answer in enumerate(_ANSWERS):
        browser.type(f"answer_{at}", answer)
    browser.press("Keep these answers", "How you prove who you are")
    browser.driver.delete_all_cookies()
    browser.open("/forgot")
    browser.type("name", ANNA.upn)
    browser.press("Continue", "Prove it is you")
    browser.open("/forgot/recovery")
    browser.type("code", code)
    browser.press("Continue", "Prove it is you (2 of 2)")
    browser.press("Security questions", "Security questions")
    gallery.look("forgot-questions", "Security questions")
    _answer(browser, _ANSWERS[::-1])
    browser.button("Continue").click()
    browser.wait_for_words("Not all answers are right.")
    gallery.look("forgot-questions-wrong", "Security questions")
    _answer(browser, _ANSWERS)
    browser.press("Continue", "New password")


def _answer(browser: Window, answers: tuple[str, ...]) -> None:
    """Type the answer to each question that is asked."""
    words = {"Street of": 0, "Whose was": 1, "Best friend": 2}
    assert len(words) == len(answers) <= len(PREDEFINED)
    for at in range(len(answers)):
        label = browser.driver.find_element(By.CSS_SELECTOR, f"label[for=answer_{at}]")
        asked = next(words[each] for each in words if label.text.startswith(each))
        browser.type(f"answer_{at}", answers[asked])
