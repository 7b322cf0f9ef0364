"""`registration-code` makes a code beside a portal that serves, where it counts."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

import pytest

from portal.cli import registration_code
from portal.cli.main import main
from portal.keys.secret_files import SecretFiles
from portal.parts import beside
from portal.services import Services
from portal.settings import Settings
from tests.fixtures.portal.running import ANNA, Running


@pytest.fixture(autouse=True)
def _reached(portal: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reaches the agent that stands in, and has the portal's clock."""

    def reach(
        settings: Settings, secrets: SecretFiles
    ) -> AbstractAsyncContextManager[Services]:
        return beside(
            settings,
            secrets,
            lambda _address, _key: nullcontext(portal.agent),
            clock=portal.clock,
        )

    monkeypatch.setattr(registration_code, "beside", reach)
    portal.agent.people[0].registration["portal_codes"] = True


async def _run(*words: str) -> int:
    return await asyncio.to_thread(main, ["registration-code", *words])


async def test_a_code_is_shown_once_and_lets_somebody_register(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await _run(ANNA.upn, "--minutes", "10", *places) == 0
    code, who, where = capsys.readouterr().out.splitlines()
    assert who.startswith(f"for {ANNA.upn}, once, until ")
    assert where == "to be typed at https://portal.contoso.test/account/sign-in/code"
    browser = portal.browser()
    await browser.open("/account/sign-in/code")
    page = await browser.send(name=ANNA.upn, code=code)
    assert page.path == "/account"
    await browser.open("/account/recovery")
    assert "I kept them" in (await browser.send()).text
    claim = portal.agent.seen[-1].sign_in
    assert claim is not None
    assert (claim.code_at, claim.token) == (int(portal.clock.now), None)


async def test_it_is_withdrawn(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    await _run(ANNA.upn, *places)
    code = capsys.readouterr().out.splitlines()[0]
    for said in ("the code is worthless now\n", "there is no code\n"):
        assert await _run(ANNA.upn, "--withdraw", *places) == 0
        assert capsys.readouterr().out == said
    browser = portal.browser()
    await browser.open("/account/sign-in/code")
    assert (await browser.send(name=ANNA.upn, code=code)).status == 422


async def test_where_agents_do_not_take_it_none_is_made(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    portal.agent.people[0].registration["portal_codes"] = False
    assert await _run(ANNA.upn, *places) == 1
    assert "registration.portal_codes on" in capsys.readouterr().err
    assert portal.rows("registration_code") == []


async def test_one_made_before_they_stopped_taking_it_is_worthless(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    await _run(ANNA.upn, *places)
    code = capsys.readouterr().out.splitlines()[0]
    portal.agent.people[0].registration["portal_codes"] = False
    browser = portal.browser()
    await browser.open("/account/sign-in/code")
    assert (await browser.send(name=ANNA.upn, code=code)).status == 422


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody@contoso.test",), "user_not_found"),
        (("ben@contoso.test",), "not_eligible"),
        (("a\x07b",), "is no name"),
        ((ANNA.upn, "--minutes", "9"), "from 10 to 43200"),
    ],
)
async def test_what_can_t_be_is_said(
    portal: Running,
    places: list[str],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    assert portal.agent.people
    assert await _run(*words, *places) == 1
    assert said in capsys.readouterr().err
    assert portal.rows("registration_code") == []


async def test_no_agent_is_said(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    portal.agent.silent = True
    assert await _run(ANNA.upn, *places) == 1
    assert "no agent answers" in capsys.readouterr().err
