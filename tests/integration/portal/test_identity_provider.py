"""People sign in at a provider that others made, in a browser, and register here."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.fixtures.node_package import node_package
from tests.fixtures.portal.agent import ISSUER
from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.running import ANNA, BEN, PROVIDER_SECRET, Running
from tests.fixtures.portal.served import Place, served
from tests.integration.portal.conftest import Gallery

_SOURCES = Path(__file__).parent / "oidc_provider"
_CLIENT = "writeback-portal"


@dataclass
class NpmProvider:
    """oidc-provider of npm, on a port that it keeps while it is away."""

    script: Path
    place: Place
    algorithm: str
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def issuer(self) -> str:
        return f"https://localhost:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        stem = self.place.stem
        own = {
            "issuer": self.issuer,
            "port": self.port,
            "certificate": str(stem.with_suffix(".pem")),
            "key": str(stem.with_suffix(".key")),
            "client": _CLIENT,
            "secret": PROVIDER_SECRET,
            "back": f"{ISSUER}/account/sign-in/provider/return",
            "algorithm": self.algorithm,
        }
        self.process = subprocess.Popen(
            ["node", str(self.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NODE_NO_WARNINGS": "1"},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(own).encode())
        self.process.stdin.close()
        assert self.process.stdout.readline() == b"listening\n"

    def stop(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@pytest.fixture(params=["RS256", "ES256"])
def provider(request: pytest.FixtureRequest, place: Place) -> Iterator[NpmProvider]:
    script = node_package(_SOURCES, "provider.mjs", "oidc-provider")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    made = NpmProvider(script, place, request.param, port)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def portal(
    place: Place, browser: Window, provider: NpmProvider, tmp_path: Path
) -> Iterator[Running]:
    own: dict[str, Any] = {
        "issuer": provider.issuer,
        "client_id": _CLIENT,
        "name": "Contoso ID",
        "ca": str(place.stem.parent / "ca/ca.pem"),
    }
    with served(place, tmp_path, identity_provider=own) as run:
        run.clock.now = time.time()
        browser.forget()
        offered = run.agent.ready["self_service"]["registration"]
        offered["provider_sign_in"] = True
        for watched in run.portal.services.agents.agents:
            assert watched.said is not None
            asked = watched.said.self_service.registration
            allowed = asked.model_copy(update={"provider_sign_in": True})
            own_part = {"registration": allowed}
            part = watched.said.self_service.model_copy(update=own_part)
            watched.said = watched.said.model_copy(update={"self_service": part})
        for person in run.agent.people:
            person.registration["provider_sign_in"] = True
        yield run


def _sign_in_there(browser: Window, portal: Running, name: str) -> None:
    """Go to the provider, sign in, and consent."""
    browser.open("/account/sign-in")
    browser.button("Sign in with Contoso ID").click()
    browser.wait_for("Sign-in")
    browser.driver.find_element(By.NAME, "login").send_keys(name)
    browser.driver.find_element(By.NAME, "password").send_keys("any")
    browser.driver.find_element(By.CSS_SELECTOR, "[type=submit]").click()
    browser.wait_for("Authorize")
    portal.clock.now = time.time()
    browser.driver.find_element(By.CSS_SELECTOR, "[type=submit]").click()


@pytest.mark.parametrize("provider", ["RS256"], indirect=True)
def test_somebody_signs_in_there_and_registers_here(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    browser.add_authenticator()
    browser.open("/account/sign-in")
    gallery.look("account-sign-in-provider", "Sign in")
    _sign_in_there(browser, portal, ANNA.upn)
    browser.wait_for("How you prove who you are")
    assert ANNA.name in browser.text()
    browser.press("Passkey", "Add a passkey")
    browser.press("Add the passkey", "How you prove who you are")
    (proof,) = portal.rows("proof")
    assert (proof["kind"], proof["person"]) == ("passkey", ANNA.guid)
    claim = portal.agent.seen[-1].sign_in
    assert claim is not None
    assert claim.at is not None
    assert abs(claim.at - time.time()) < 60
    browser.press("Sign out", "Your account at Contoso")
    browser.open("/account")
    browser.wait_for("Sign in")
    assert portal.rows("session") == []


@pytest.mark.parametrize("provider", ["ES256"], indirect=True)
def test_what_does_not_lead_in_says_the_way_out(
    portal: Running, browser: Window, gallery: Gallery, provider: NpmProvider
) -> None:
    _sign_in_there(browser, portal, BEN.upn)
    gallery.look("account-provider-not-for-you", "Not with this sign-in")
    assert portal.rows("session") == []
    # what was good once is over, in this browser too
    browser.driver.refresh()
    gallery.look("account-provider-failed", "You are not signed in")
    provider.stop()
    portal.portal.services.provider._known = None  # type: ignore[union-attr]
    browser.open("/account/sign-in")
    browser.button("Sign in with Contoso ID").click()
    gallery.look("account-provider-away", "Contoso ID does not answer")
    by_code = "Sign in with a registration code"
    browser.press(by_code, by_code)
    gallery.look("account-registration-code", by_code)
    provider.start()
    browser.open("/account/sign-in")
    browser.button("Sign in with Contoso ID").click()
    browser.wait_for("Sign-in")
