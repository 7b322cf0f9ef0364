"""`writeback-portal approve`, beside a portal that serves."""

import argparse
from typing import Any

import pytest

from portal.cli.approve import decide
from portal.errors import PortalUnusable
from portal.keys.secret_files import SecretFiles
from tests.fixtures.portal.running import Running
from tests.fixtures.portal.wizard import WaitingWizard
from wire.enrolment_code import RelayHalf

HALF = RelayHalf.new()


async def run(
    portal: Running, code: str, *, answer: bool = True, **other: object
) -> int:
    given = {"code": code, "refuse": False, "yes": False, "relay": "", "half": None}
    arguments = argparse.Namespace(**{**given, **other})
    settings, secrets = portal.portal.services.settings, portal.folder / "secrets"
    return await decide(
        arguments, settings, SecretFiles(secrets), lambda _asked: answer
    )


@pytest.fixture
async def wizard(portal: Running) -> WaitingWizard:
    wizard = WaitingWizard(portal)
    await wizard.ask()
    return wizard


async def test_name_and_fingerprint_are_shown_and_the_wizard_goes_on(
    portal: Running, wizard: WaitingWizard, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(portal, wizard.user_code, half=HALF.text) == 0
    shown = capsys.readouterr().out
    assert "srv2" in shown
    assert wizard.keys.public.fingerprint in shown
    assert (
        f"fingerprint: {wizard.keys.public.fingerprint.replace(' ', '').lower()}"
        in (shown)
    )
    assert HALF.text not in shown
    told = await wizard.poll()
    assert wizard.opened(told).link.code.lookup == HALF.lookup


async def test_nothing_is_decided_without_a_yes(
    portal: Running, wizard: WaitingWizard
) -> None:
    code = wizard.user_code
    assert await run(portal, code, answer=False, half=HALF.text) == 1
    assert (await wizard.poll())["error"] == "authorization_pending"
    assert await run(portal, code, refuse=True) == 0
    portal.clock.now += 5
    assert (await wizard.poll())["error"] == "access_denied"


async def test_what_can_not_be_done_says_what_to_do(
    portal: Running, wizard: WaitingWizard
) -> None:
    wrong: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("BBBB-BBBB", {}, "as the wizard shows it now"),
        (wizard.user_code, {"half": "AAAAA"}, "copy the relay's half again"),
        (
            wizard.user_code,
            {"half": HALF.text, "relay": "none"},
            "choose it by --relay",
        ),
        (wizard.user_code, {}, "can be reached from here"),
    )
    for code, other, remedy in wrong:
        with pytest.raises(PortalUnusable, match=remedy):
            await run(portal, code, **other)
    assert (await wizard.poll())["error"] == "authorization_pending"
