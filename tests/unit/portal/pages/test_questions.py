"""Security questions count beside another way alone, and nobody can read an answer."""

import asyncio
import logging
import re
import sqlite3
import threading

import pytest
from argon2 import PasswordHasher

from portal.methods.security_questions import PREDEFINED
from portal.settings import Questions
from portal.visits.questions.answer_hashes import AnswerHashes
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

ANSWERS = {
    "first_street": "Canary Lane",
    "first_concert": "The Canaries",
    "childhood_friend": "Kanarienvogel",
}
_WORDS = {
    "Street of your": "first_street",
    "Whose was your": "first_concert",
    "Best friend when": "childhood_friend",
}
_KINDS = ("totp", "email", "recovery_code", "questions")
NEW = "Correct-Horse-42-Staple"


@pytest.fixture(autouse=True)
def _questions_count(portal: Running) -> None:
    portal.agent.people[0].kinds = _KINDS


async def _account(portal: Running, anna: Registered) -> Browser:
    """Sign Anna in, where she proves it by her app."""
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    return browser


def _chosen(answers: dict[str, str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for at, (question, answer) in enumerate(answers.items()):
        fields |= {f"question_{at}": question, f"answer_{at}": answer}
    return fields


async def _added(portal: Running, anna: Registered) -> Browser:
    browser = await _account(portal, anna)
    await browser.open("/account/questions")
    page = await browser.send(**_chosen(ANSWERS))
    assert page.path == "/account", page.text
    assert "Security questions" in page.text
    portal.clock.now += 600
    return browser


async def _app_used(portal: Running, anna: Registered) -> Browser:
    """Begin as who forgot, and prove it by the app."""
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    page = await browser.send(code=anna.code(portal.clock.now))
    assert page.heading == "Prove it is you (2 of 2)", page.text
    return browser


def _asked(page: Answered) -> list[str]:
    """Read which questions a page asks, in its order."""
    labels = re.findall(r'<label for="answer_\d">(.*?)</label>', page.text)
    return [
        next((_WORDS[words] for words in _WORDS if label.startswith(words)), label)
        for label in labels
    ]


def _answers(page: Answered, **changed: str) -> dict[str, str]:
    answers = ANSWERS | changed
    return {f"answer_{at}": answers[name] for at, name in enumerate(_asked(page))}


async def test_answers_and_an_app_reset_a_password(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    browser = await _app_used(portal, anna)
    page = await browser.open("/forgot/questions")
    assert sorted(_asked(page)) == sorted(ANSWERS)
    spelled = {at: f"  {text.upper()} " for at, text in _answers(page).items()}
    page = await browser.send(**spelled)
    assert page.path == "/forgot/password", page.text
    page = await browser.send(new=NEW, again=NEW)
    assert page.heading == "Your password is changed"
    kinds = {str(each.kind): each for each in portal.agent.seen[-1].methods}
    assert set(kinds) == {"totp", "questions"}
    receipt = kinds["questions"].receipt or ""
    assert receipt.startswith(f"receipt-{ANNA.guid}-questions-")


async def test_all_answers_must_be_right_and_are_asked_anew_after_a_failure(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    browser = await _app_used(portal, anna)
    page = await browser.open("/forgot/questions")
    first = _asked(page)
    assert _asked(await browser.open("/forgot/questions")) == first
    orders = set()
    for wrong in ANSWERS:
        page = await browser.send(**_answers(page, **{wrong: "another"}))
        assert page.status == 422
        assert "Not all answers are right." in page.text
        orders.add(tuple(_asked(page)))
    assert orders != {tuple(first)}
    page = await browser.send(**_answers(page))
    assert page.path == "/forgot/password"


async def test_tries_run_out(portal: Running, anna: Registered) -> None:
    await _added(portal, anna)
    browser = await _app_used(portal, anna)
    page = await browser.open("/forgot/questions")
    statuses = []
    for _ in range(6):
        page = await browser.send(**_answers(page, first_street="another"))
        statuses.append(page.status)
        page = await browser.open("/forgot/questions")
    assert statuses == [422] * 5 + [429]


async def test_before_something_was_proven_nobody_is_asked(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    portal.agent.ready["self_service"]["kinds"].append("questions")
    await portal.portal.services.agents.look()
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    page = await browser.send(name=ANNA.upn)
    assert "/forgot/questions" not in page.text
    token = (await browser.open("/forgot/app")).forms[0].fields["token"]
    right = {f"answer_{at}": text for at, text in enumerate(ANSWERS.values())}
    for page in (
        await browser.open("/forgot/questions"),
        await browser.post("/forgot/questions", {"token": token, **right}),
    ):
        assert page.path == "/forgot/methods"
    times = [int(str(each["at"])) for each in portal.rows("taken")]
    assert max(times) < portal.clock.now - 500


async def test_who_has_none_is_asked_alike_and_proves_nothing(
    portal: Running, anna: Registered
) -> None:
    browser = await _app_used(portal, anna)
    page = await browser.open("/forgot/questions")
    assert len(_asked(page)) == 3
    page = await browser.send(answer_0="aaa", answer_1="bbb", answer_2="ccc")
    assert page.status == 422


async def test_they_do_not_let_methods_be_changed(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    page = await browser.open("/account/prove")
    assert "question" not in page.text.lower()
    token = page.forms[0].fields["token"]
    right = {f"answer_{at}": text for at, text in enumerate(ANSWERS.values())}
    await browser.post("/account/prove/questions", {"token": token, **right})
    page = await browser.open("/account/app")
    assert page.path == "/account/prove"


async def test_they_are_never_the_first(portal: Running) -> None:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert "/account/questions" not in page.text
    assert (await browser.open("/account/questions")).status == 404


async def test_where_they_do_not_count_nothing_offers_them(
    portal: Running, anna: Registered
) -> None:
    """As for people who need two proofs by their group."""
    await _added(portal, anna)
    portal.agent.people[0].kinds = ("totp", "recovery_code", "passkey")
    browser = await _app_used(portal, anna)
    assert "/forgot/questions" not in (await browser.open("/forgot/methods")).text
    assert (await browser.open("/forgot/questions")).path == "/forgot/methods"
    portal.clock.now += 60
    browser = await _account(portal, anna)
    assert (await browser.open("/account/questions")).status == 404


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({**ANSWERS, "first_street": "ab"}, "3 to 40 characters"),
        ({**ANSWERS, "first_street": "x" * 41}, "3 to 40 characters"),
        ({**ANSWERS, "first_street": "the canaries!"}, "a different answer"),
    ],
)
async def test_what_is_wrong_with_answers_is_said(
    portal: Running, anna: Registered, answers: dict[str, str], words: str
) -> None:
    browser = await _account(portal, anna)
    await browser.open("/account/questions")
    page = await browser.send(**_chosen(answers))
    assert page.status == 422
    assert words in page.text
    assert "canaries" not in page.text.lower()
    assert [each["kind"] for each in portal.rows("proof")].count("questions") == 0


async def test_questions_are_different_ones_of_the_list(
    portal: Running, anna: Registered
) -> None:
    browser = await _account(portal, anna)
    await browser.open("/account/questions")
    page = await browser.send(**_chosen(ANSWERS) | {"question_1": "first_street"})
    assert (page.status, "a different question" in page.text) == (422, True)
    page = await browser.send(**_chosen(ANSWERS) | {"question_1": "my own?"})
    assert page.status == 404
    assert [each["kind"] for each in portal.rows("proof")].count("questions") == 0


async def test_a_new_set_is_in_place_of_the_one_before(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    browser = await _account(portal, anna)
    await browser.open("/account/questions")
    await browser.send(
        **_chosen(dict(zip(ANSWERS, ("one", "two", "three"), strict=True)))
    )
    kinds = [each["kind"] for each in portal.rows("proof")]
    assert kinds.count("questions") == 1


async def test_an_organization_writes_its_own(
    portal: Running, anna: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = "Who <led> your first team here?"
    settings = portal.portal.services.settings
    monkeypatch.setitem(settings.__dict__, "questions", Questions(own=(own,)))
    browser = await _account(portal, anna)
    page = await browser.open("/account/questions")
    assert "Who &lt;led&gt; your first team here?" in page.text
    answers = {f"own: {own}": "Carla Canary", **ANSWERS}
    answers.pop("first_street")
    page = await browser.send(**_chosen(answers))
    assert page.path == "/account"
    portal.clock.now += 600
    # what was chosen stays what is asked
    monkeypatch.setitem(settings.__dict__, "questions", Questions())
    browser = await _app_used(portal, anna)
    page = await browser.open("/forgot/questions")
    asked = [
        "Who &lt;led&gt; your first team here?",
        "childhood_friend",
        "first_concert",
    ]
    assert sorted(_asked(page)) == asked


async def test_no_answer_is_anywhere(
    portal: Running, anna: Registered, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await _added(portal, anna)
    browser = await _app_used(portal, anna)
    page = await browser.open("/forgot/questions")
    await browser.send(**_answers(page))
    with sqlite3.connect(portal.folder / "portal.db") as database:
        held = "\n".join(database.iterdump()) + caplog.text
    database.close()
    for file in portal.folder.rglob("*"):
        held += file.read_bytes().decode("latin-1") if file.is_file() else ""
    held = held.casefold()
    secrets = [each.casefold() for each in ANSWERS.values()]
    assert not [each for each in secrets if each in held]
    # sealed: nobody learns which were chosen, and no hash can be guessed at
    assert not [each for each in PREDEFINED if each in held]
    assert "argon2id" not in held


async def test_two_hashes_are_made_at_a_time(portal: Running) -> None:
    hashes = AnswerHashes(portal.portal.services.pepper)
    lock, at_once, most = threading.Lock(), 0, 0

    class Counted(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            made = super().hash(password, salt=salt)
            with lock:
                at_once -= 1
            return made

    hashes._hasher = Counted(time_cost=2, memory_cost=19_456, parallelism=1)
    made = await asyncio.gather(*(hashes.hashed("an answer") for _ in range(6)))
    assert most == 2
    assert len(set(made)) == 6
    assert await hashes.matches(made[0], "an answer")
    assert not await hashes.matches(made[0], "another")
    assert not await hashes.matches("no hash", "an answer")
