"""Policy, agents, review and messages: what is shown is what agents and audit say."""

from datetime import UTC

import pytest

from portal.agents.answer import Ready
from portal.agents.differences import Statement
from portal.pages.administration import policy as policy_page
from portal.pages.administration.messages import KINDS
from portal.review.finding import Pattern
from portal.review.patterns import review
from portal.templating import LANGUAGES, _environment
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import ADA, AUDREY, signed_in_staff
from tests.unit.portal.conftest import Registered
from tests.unit.portal.pages.administration.test_people import _add_mail
from tests.unit.portal.review.test_patterns import CASES, SEED, quiet


async def test_the_policy_is_what_the_agent_says(portal: Running) -> None:
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open("/staff/policy")
    assert "Domain contoso" in page.text
    assert "everybody in the scope" in page.text
    assert "Authenticator app" in page.text
    assert "<form" not in page.text.split('id="content"')[1]


async def test_agents_that_differ_are_named_in_words(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"ready": True, "paused": False, "directory": True, "starts": 1}
    two = [
        Statement(
            f"srv{n}",
            "contoso",
            Ready.model_validate({**said, "self_service": {"who": "all", "proofs": n}}),
        )
        for n in (1, 2)
    ]
    monkeypatch.setattr(policy_page, "statements", lambda _services: two)
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open("/staff/policy")
    assert "Verification methods asked for: srv1 says 1; srv2 says 2" in page.text
    assert page.text.count("differs</span>") == 1


async def test_agents_are_shown_with_what_identifies_them(portal: Running) -> None:
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open("/staff/agents")
    assert portal.agent.keys.public.fingerprint in page.text
    assert "<dd>3</dd>" in page.text
    assert "writeback rekey" in page.text
    portal.agent.starts = 1
    await portal.portal.services.agents.look()
    page = await staff.browser.open("/staff/agents")
    assert "a copy, or restored" in page.text


async def test_review_says_what_why_and_what_to_do(
    portal: Running, anna: Registered
) -> None:
    thief = portal.browser("203.0.113.66")
    await thief.open("/forgot")
    await thief.send(name=ANNA.upn)
    await thief.open("/forgot/app")
    await thief.send(code=anna.code(portal.clock.now))
    await thief.open("/forgot/recovery")
    await thief.send(code=anna.codes[0])
    new = "Correct-Horse-42-Staple"
    page = await thief.send(new=new, again=new)
    assert page.heading == "Your password is changed"
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open("/staff/review")
    assert "A new method, and a reset within an hour" in page.text
    assert "Ask the person whether the new method is theirs." in page.text
    assert ANNA.upn in page.text
    assert "203.0.113.66" not in page.text.split("<h1>")[0]
    # a day later nothing of the last day asks for a look
    portal.clock.now += 90_000
    staff = await signed_in_staff(portal, ADA)
    page = await staff.browser.open("/staff/review?days=1")
    assert "Nothing of the last day" in page.text


def test_a_finding_reads_alike_on_the_page_and_in_the_shell() -> None:
    words = _environment("en", UTC).get_template("administration/review_words.html")
    read = words.make_module({"language": "en"})
    seen = set()
    for stage in CASES:
        history = quiet(SEED, 1500)
        stage(history, history.events[700].at)
        (found,) = review(history.recorded())
        fields = {"address": found.address, **found.what.fields}
        pattern = str(found.pattern)
        assert read.what(pattern, fields).strip() == str(found.what)  # type: ignore[attr-defined]
        assert read.why(pattern).strip() == str(found.why)  # type: ignore[attr-defined]
        assert read.advice(pattern).strip() == str(found.advice)  # type: ignore[attr-defined]
        assert read.title(pattern).strip()  # type: ignore[attr-defined]
        seen.add(found.pattern)
    assert seen == {*Pattern}


async def test_each_message_is_shown_in_each_language(portal: Running) -> None:
    staff = await signed_in_staff(portal, AUDREY)
    for kind in KINDS:
        for language in LANGUAGES:
            page = await staff.browser.open(
                f"/staff/messages?kind={kind}&language={language}"
            )
            assert page.status == 200
            assert 'class="preview"' in page.text
    page = await staff.browser.open("/staff/messages?kind=../../x&language=zz")
    assert page.status == 200
    assert "Send a test mail" not in page.text


async def test_a_test_mail_goes_to_who_asks_alone(portal: Running) -> None:
    staff = await signed_in_staff(portal, ADA)
    await staff.browser.open("/staff/messages")
    page = await staff.browser.send("/staff/messages/test")
    assert "You have no e-mail address here" in page.text
    _add_mail(portal, ADA.guid, "ada@example.org")
    for number in range(11):
        await staff.browser.open("/staff/messages")
        page = await staff.browser.send("/staff/messages/test")
        assert ("is on its way" in page.text) is (number < 10)
    assert {(mail.kind, mail.to) for mail in portal.mails()} == {
        ("test", "ada@example.org")
    }
