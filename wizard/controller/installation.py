"""What is installed on one machine: its state, and one request to try it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.active_directory.identifiers import user_filter
from agent.config.secret_store import (
    AGENT_KEYS,
    SELF_TEST_KEYS,
    TEST_KEY,
    SecretsUnavailable,
)
from agent.config.settings import Settings
from wire.failure import sentence
from wire.outcomes import Refused
from wire.secret import Secret
from wire.text import EMPTY, Text, listed, verbatim
from wizard.controller import breaker, event_log
from wizard.enrolment.clone import COPIED
from wizard.enrolment.keys import fingerprint, private_keys
from wizard.enrolment.relay_client import Sender
from wizard.enrolment.relay_route import stored_endpoint
from wizard.enrolment.self_test import ask_agent, claims_of
from wizard.host.interface import REPLACE, Service
from wizard.host.key_ages import key_ages
from wizard.host.service_status import nobody_reached, time_in_words, twin
from wizard.plan.change import Context, StepFailed
from wizard.plan.step import Target
from wizard.results import (
    AgentStatus,
    Check,
    EnrolledPortal,
    Installed,
    PortalDetails,
    SelfTestResult,
)
from wizard.steps.order import STEPS
from wizard.steps.settings_file import drift
from wizard.trusted_authority import authority_checks


class Installation:
    """What is there: found, compared with its settings, tried."""

    def __init__(self, context: Context) -> None:
        self._context, self._host = context, context.host

    def installed(self) -> Installed | None:
        """Find the installation; SettingsError: its settings can't be used."""
        found = self.glance()
        if found is None:
            return None
        try:
            return replace(found, fingerprint=fingerprint(self._context))
        except (StepFailed, SecretsUnavailable):
            return found

    def glance(self) -> Installed | None:
        """Find it without its fingerprint: no secret is opened, which may take time."""
        if self._host.read(self._host.places.settings) is None:
            return None
        context = self._context
        settings = context.load_settings()
        service = self._host.service()
        status = at_a_glance(settings, service)
        copied, stopped = context.is_copy, breaker.attention(self._host)
        if copied or stopped:
            status = replace(status, attention=COPIED if copied else stopped)
        status = replace(status, breaker_is_open=bool(stopped))
        return Installed(
            settings,
            status,
            "",
            drift(context),
            copied,
            self._portal(),
            key_ages(self._host, service),
        )

    def _portal(self) -> EnrolledPortal | None:
        made = self._context.enrolment
        if made is None:
            return None
        return EnrolledPortal(made.portal_issuer, made.portal_fingerprint)

    def lost(self) -> Path | None:
        """Give the settings file where all but that is there: it was deleted."""
        places = self._host.places
        enrolled = self._host.read(places.enrolment) is not None
        there = self._host.read(places.settings) is not None
        return places.settings if enrolled and not there else None

    def verify(self, settings: Settings) -> tuple[Check, ...]:
        """Look whether everything is as the settings say."""
        target = Target(settings, self._context)
        rows = (row for step in STEPS for row in step.verify(target))
        trusted = authority_checks(settings.directory)
        host = self._host
        return (*rows, *trusted, *event_log.checks(host), *breaker.checks(host))

    def breaker_is_open(self) -> bool:
        """Say whether the agent stopped writing, as a portal reset too many people."""
        return breaker.is_open(self._host)

    def close_breaker(self) -> bool:
        """Let it write again; False where it was not stopped.

        StepFailed, with the remedy, where that can't be done.
        """
        return breaker.close(self._host)

    def portal_details(self) -> PortalDetails:
        """Give what the portal must know; EnrolmentError, StepFailed: none is here."""
        enrolled = self._context.load_enrolment()
        return PortalDetails(
            url=f"{enrolled.relay_url}/{enrolled.connection}",
            agent=enrolled.connection,
            fingerprint=fingerprint(self._context),
            issuer=enrolled.portal_issuer,
            portal_fingerprint=enrolled.portal_fingerprint,
        )

    def test_reset(
        self, by: str, value: str, new_password: Secret | None
    ) -> SelfTestResult:
        """Send one request through the relay; a check only without a password.

        RelayFailed, EnrolmentError, SettingsError, StepFailed: no answer came, or
        nobody can be so named and nothing was sent.
        """
        try:
            user_filter(by, value)
        except Refused as error:
            remedy = Text(
                "Give the person's value of the sign-in attribute, as the "
                "portal sends it."
            )
            raise StepFailed(sentence(error.detail), remedy) from None
        context = self._context
        enrolled, relay = context.load_enrolment(), context.load_settings().relay
        key = self._host.secrets.get(TEST_KEY)
        if key is None:
            what = Text("The key for tests is missing.")
            raise StepFailed(what, Text("Apply the settings."))
        endpoint = stored_endpoint(relay, context)
        return ask_agent(
            Sender(endpoint, enrolled.connection, key, enrolled.test_key_name),
            enrolled,
            private_keys(SELF_TEST_KEYS, context),
            private_keys(AGENT_KEYS, context).public,
            claims_of(by, value, new_password),
        )


_SILENT = Text("not known")
_CONNECTED = "connected"  # in status.json, as agent.relay_client.listener.Phase
_STATES = {
    "connecting": Text("connecting"),
    _CONNECTED: Text("connected"),
    "waiting": Text("waiting"),
    "closed": Text("closed"),
}


def at_a_glance(settings: Settings, service: Service) -> AgentStatus:
    """Put together what is wanted, what runs, and what the agent says of itself."""
    status = service.status
    relay, directory = (_side(status.get(name)) for name in ("relay", "directory"))
    return AgentStatus(
        running=service.running,
        ready=service.ready,
        writeback=settings.features.password_writeback,
        answers=service.answers,
        relay=_part(relay) if service.answers else _SILENT,
        directory=_part(directory) if service.answers else _SILENT,
        relay_connected=service.answers and relay.get("state") == _CONNECTED,
        directory_connected=service.answers and directory.get("state") == _CONNECTED,
        controller=str(directory.get("controller") or ""),
        since=time_in_words(status.get("started_at")),
        version=str(status.get("version") or ""),
        attention=twin(status) or _outdated(service),
        nobody=nobody_reached(status),
    )


def _outdated(service: Service) -> Text:
    return listed((service.outdated, REPLACE)) if service.outdated else EMPTY


def _side(side: Any) -> Mapping[str, Any]:
    return side if isinstance(side, dict) else {}


def _part(side: Mapping[str, Any]) -> Text:
    if not side:
        return Text("not running")
    state = str(side.get("state", ""))
    word = _STATES.get(state) or (verbatim(state) if state else Text("unknown"))
    more = side.get("reason") or side.get("controller")
    if not more:
        return word
    value = more if isinstance(more, str) else str(more)
    return Text("{name}: {value}", name=word, value=value)
