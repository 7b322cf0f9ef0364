"""A code that comes from a portal by itself, and portals that lie or are slow."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.config.settings import Relay
from agent.relay_client.endpoint import RelayEndpoint
from tests.fixtures.scripted_portal import (
    DEVICE_CODE,
    ISSUER,
    RELAY,
    USER_CODE,
    Said,
    ScriptedPortal,
    pending,
    scripted_portal,
)
from wire.enrolment.device_grant import DeviceEnrolment
from wire.keys import PrivateKeys
from wire.text import Text
from wizard.enrolment.portal_client import Portal, SignInFailed
from wizard.results import PortalAsked

AGENT = "sync-01"
GONE = (Text("It is away."), Text("Wait."))


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[ScriptedPortal]:
    with scripted_portal(tmp_path) as made:
        yield made


class Wizard:
    """Asks, and keeps what it was told on the way."""

    def __init__(self, scripted: ScriptedPortal, ca: Path | None = None) -> None:
        self.keys = PrivateKeys.generate()
        way = Relay(url=scripted.url, ca=str(ca or scripted.ca))
        self.portal = Portal(RelayEndpoint(way), AGENT, self.keys)
        self.told: list[PortalAsked] = []
        self.stop = threading.Event()

    def ask(self) -> DeviceEnrolment | None:
        return self.portal.sign_in(self.stop, self.told.append)

    def refused(self) -> str:
        with pytest.raises(SignInFailed) as refused:
            self.ask()
        return str(refused.value)


def no_waiting(wizard: Wizard, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the waits of a wizard, in seconds, and spend none of them."""
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return False

    monkeypatch.setattr(wizard.stop, "wait", wait)
    return waited


@pytest.fixture
def wizard(scripted: ScriptedPortal) -> Wizard:
    return Wizard(scripted)


def test_the_code_comes_once_it_is_approved(
    scripted: ScriptedPortal, wizard: Wizard
) -> None:
    given = wizard.ask()
    assert given is not None
    assert given.link.relay == RELAY
    assert given.link.code.secret == scripted.half.secret
    assert (given.issuer, given.fingerprint) == (
        ISSUER,
        scripted.keys.public.fingerprint,
    )
    assert given.organization == "Contoso\\x1b[2J"
    (asked,) = wizard.told
    assert asked.user_code == USER_CODE
    assert asked.address == f"{scripted.url}/device"
    assert asked.fingerprint == wizard.keys.public.fingerprint
    assert scripted.asked is not None
    assert (scripted.asked.agent, scripted.asked.aud) == (AGENT, "localhost")
    assert set(scripted.origins) == {scripted.url}
    assert scripted.fields[-1]["device_code"] == DEVICE_CODE


def test_it_waits_for_as_long_as_it_is_told_to(
    scripted: ScriptedPortal, wizard: Wizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = no_waiting(wizard, monkeypatch)
    scripted.begins = Said(200, scripted.begun(interval=5))
    scripted.polls = [pending(), pending("slow_down"), pending(), Said(503, {})]
    scripted.polls.append(pending("access_denied"))
    assert "refused this agent" in wizard.refused()
    assert waited == [5, 5, 10, 10, 10]


def test_a_portal_can_make_it_wait_no_longer_than_a_minute_each_time(
    scripted: ScriptedPortal, wizard: Wizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = no_waiting(wizard, monkeypatch)
    scripted.begins = Said(200, scripted.begun(interval=3600, expires_in=80_000))
    scripted.polls = [pending("slow_down"), pending("expired_token")]
    assert "Nobody approved it in time" in wizard.refused()
    assert waited == [60, 60]
    assert wizard.told[0].seconds == 1800


def test_it_stops_when_it_is_told_to(scripted: ScriptedPortal, wizard: Wizard) -> None:
    scripted.polls = [pending()]
    scripted.before = lambda path: wizard.stop.set() if "token" in path else None
    assert wizard.ask() is None


def test_where_the_portal_is_away_for_a_while_it_goes_on(
    scripted: ScriptedPortal, wizard: Wizard
) -> None:
    portal, answer = wizard.portal, wizard.portal._post
    tries = iter([True, False])

    def sometimes(path: str, fields: dict[str, str]) -> object:
        if "token" in path and next(tries, False):
            raise SignInFailed(*GONE, reached=False)
        return answer(path, fields)

    object.__setattr__(portal, "_post", sometimes)
    assert wizard.ask() is not None
    assert [str(each.trouble) for each in wizard.told] == ["", "It is away.", ""]


def test_answers_of_others_are_refused(
    scripted: ScriptedPortal, wizard: Wizard
) -> None:
    stranger = PrivateKeys.generate()
    makers = {
        "made for another portal": lambda: scripted.given(signed_by=stranger),
        "not sealed for this agent": lambda: scripted.given(agent=stranger.public),
        "another request": lambda: scripted.given(asked="x" * 43),
        "for another agent than sync-01": lambda: scripted.given(name="other"),
        "holds no token": lambda: {"access_token": "nothing"},
        "over": lambda: {"access_token": "x" * 20_000},
    }
    for words, make in makers.items():
        scripted.before = lambda path, make=make: (  # type: ignore[misc]
            scripted.polls.__setitem__(slice(None), [Said(200, make())])
            if "token" in path
            else None
        )
        assert words in wizard.refused()


NO_PORTALS = {
    "html": Said(200, b"<html>Sign in to the hotel</html>"),
    "not found": Said(404, {"error": "x"}),
    "nested": Said(200, b"[" * 30_000),
    "no code": Said(200, {"device_code": DEVICE_CODE, "expires_in": 900}),
    "a number": Said(200, 7),
    "words": Said(
        200,
        {"device_code": DEVICE_CODE, "user_code": "\u202eEVIL", "expires_in": 900},
    ),
}


@pytest.mark.parametrize("name", NO_PORTALS)
def test_what_is_no_portal_is_told_so(
    scripted: ScriptedPortal, wizard: Wizard, name: str
) -> None:
    scripted.begins = NO_PORTALS[name]
    said = wizard.refused()
    assert "no portal that gives out codes" in said
    assert "or type an enrolment code" in said
    assert "hotel" not in said
    assert wizard.told == []


def test_nothing_is_read_without_end_and_no_redirect_is_followed(
    scripted: ScriptedPortal, wizard: Wizard
) -> None:
    scripted.begins = Said(200, b"x" * 200_000)
    assert "too long" in wizard.refused()
    elsewhere = {"Location": "http://127.0.0.1:9/"}
    scripted.begins = Said(307, {}, elsewhere)
    assert "sends elsewhere (307)" in wizard.refused()


def test_the_page_is_at_the_address_that_was_typed(
    scripted: ScriptedPortal, wizard: Wizard
) -> None:
    evil = "https://evil.test/device"
    scripted.begins = Said(
        200, scripted.begun(verification_uri=evil, verification_uri_complete=evil)
    )
    assert wizard.ask() is not None
    assert "evil" not in repr(wizard.told)


def test_who_proves_no_name_is_not_asked(
    scripted: ScriptedPortal, tmp_path: Path
) -> None:
    with scripted_portal(tmp_path / "other") as other:
        said = Wizard(scripted, ca=other.ca).refused()
    assert "its certificate is not trusted" in said
    assert scripted.fields == []


def test_refusals_of_a_portal_are_made_printable(
    scripted: ScriptedPortal, wizard: Wizard
) -> None:
    words = {"error": "invalid_request", "error_description": "iat\x1b[31m\nis off"}
    scripted.begins = Said(400, words)
    said = wizard.refused()
    assert "\x1b" not in said
    assert "iat\\x1b[31m" in said
    scripted.begins = Said(429, {"error": "temporarily_unavailable"})
    assert "Try again in an hour" in wizard.refused()


def test_nothing_of_the_code_is_in_what_can_be_shown(
    scripted: ScriptedPortal, wizard: Wizard
) -> None:
    given = wizard.ask()
    assert given is not None
    text = given.link.code.text
    assert text not in repr(given)
    assert wizard.keys.secret().reveal() not in repr(wizard.portal)
    assert replace(wizard.told[0], trouble="").user_code == USER_CODE
