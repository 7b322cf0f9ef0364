"""A relay tried hop by hop: name, connection, certificate, and the enrolment code."""

import socket
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.ldap.certificates import Endpoint, shake_hands
from agent.relay_client import clock_skew as clock
from agent.relay_client.endpoint import RelayEndpoint
from agent.system.tls import unknown_authority
from wire import enrolment_code as codes
from wire import names
from wire.failure import sentence
from wire.printable import printable
from wire.secret import Secret
from wire.system_reason import system_reason
from wire.text import EMPTY, Text, moment, verbatim
from wizard.checks import certificate as chain
from wizard.checks.attempt import Attempt, Failed, attempt_all
from wizard.checks.outcome import Outcome, Report
from wizard.enrolment import relay_client
from wizard.enrolment.application import proven_portal
from wizard.enrolment.relay_client import RelayFailed, ask
from wizard.enrolment.relay_route import requested_endpoint
from wizard.enrolment.used_code import NEW_CODE
from wizard.flow.proposals import named_proxy
from wizard.inputs import Draft
from wizard.plan.change import Context, StepFailed
from wizard.results import Check, State

_CONNECT_S = 8.0
_MOST_TIME = 32
_NO_CODE = "0" * 64
_CODE = "input.enrolment_code"
_URL = "relay.url"
_PROXY, _PROXY_PASSWORD = "relay.proxy", "input.proxy_password"


def run(
    draft: Draft, context: Context, stop: threading.Event, _report: Report
) -> Outcome:
    """Try a relay, and an enrolment code where one is given."""
    endpoint = requested_endpoint(draft.needed_relay(), context)
    return Outcome(check_relay(endpoint, context.inputs.enrolment_code, stop))


def check_relay(
    endpoint: RelayEndpoint, code: Secret | None, stop: threading.Event
) -> tuple[Check, ...]:
    """Try a relay; with a code, see that it is open and for the right portal."""
    tried = _Tried(endpoint, code)
    attempts = [
        Attempt("answer", Text("Relay answers"), tried.answer),
        Attempt("clock", Text("Clock"), tried.clock),
    ]
    if not endpoint.proxy:  # through a proxy only the whole can be tried
        attempts[:0] = [
            Attempt("name", Text("Name of the relay"), tried.name),
            Attempt("connection", Text("Connection"), tried.connection),
            Attempt("certificate", Text("Certificate"), tried.certificate),
        ]
    if code is not None:
        attempts += [
            Attempt("code", Text("Enrolment code"), tried.code_state),
            Attempt("portal", Text("Portal's fingerprint"), tried.portal),
        ]
    return attempt_all(attempts, stop)


class _Tried:
    """The attempts, each leaving what the next needs."""

    def __init__(self, endpoint: RelayEndpoint, code: Secret | None) -> None:
        self._endpoint, self._relay, self._code = endpoint, endpoint.relay, code
        url = urlsplit(endpoint.relay.url)
        self._host, self._port = url.hostname or "", url.port or 443
        self._answered = relay_client.RelayAnswer(0, b"")
        self._parsed: codes.EnrolmentCode | None = None

    def name(self) -> Text:
        try:
            resolved = socket.getaddrinfo(
                self._host, self._port, type=socket.SOCK_STREAM
            )
        except OSError as error:
            host, why = self._host, system_reason(error)
            raise self._unreached(
                Text("{host} can't be resolved ({why}).", host=host, why=why),
                Text("Check the address, and the DNS servers of this machine."),
            ) from error
        addresses = ", ".join(sorted({str(each[4][0]) for each in resolved}))
        return Text("{host} is {addresses}", host=self._host, addresses=addresses)

    def connection(self) -> Text:
        try:
            where = (self._host, self._port)
            socket.create_connection(where, _CONNECT_S).close()
        except OSError as error:
            port, why = str(self._port), system_reason(error)
            raise self._unreached(
                Text("No connection to port {port}: {why}.", port=port, why=why),
                Text("Open outbound TCP to it in the firewall, or name a proxy."),
            ) from error
        return Text("Port {port} answers", port=str(self._port))

    def _unreached(self, what: Text, remedy: Text) -> Failed:
        """Say why there is no way without a proxy, and which this machine names."""
        proxy = named_proxy(self._relay.url)
        if not proxy:
            return Failed(what, remedy, field=_URL)
        named = Text(
            "This machine names the HTTP proxy {proxy} for it: try that.", proxy=proxy
        )
        return Failed(what, named, field=_PROXY)

    def certificate(self) -> Text:
        ca = Path(self._relay.ca) if self._relay.ca else None
        endpoint = Endpoint(self._host, None, self._port, ca)
        try:
            certificates = shake_hands(endpoint, timeout=_CONNECT_S).chain
        except OSError as error:
            wrong = "relay.ca" if isinstance(error, FileNotFoundError) else _URL
            raise Failed(
                Text("No TLS connection: {why}.", why=system_reason(error)),
                Text("Check the address and the CA file."),
                field=wrong,
            ) from error
        if not certificates[0].trusted:
            raise Failed(
                Text(
                    "It is not trusted: {reason}. Its issuer is {issuer}.",
                    reason=certificates[0].reason,
                    issuer=certificates[0].issuer,
                ),
                sentence(unknown_authority(certificates[0].verify_code))
                or Text(
                    "Give the CA's PEM file if the issuer is yours. If it is your "
                    "proxy's, something in between opens the encryption."
                ),
                more=chain.describe_chain(certificates),
                field="relay.ca",
            )
        return chain.expiry(certificates[0])

    def answer(self) -> Text:
        # the hash of the code names it; a relay knows no other name of it
        lookup = self._lookup()
        try:
            self._answered = ask(self._endpoint, "GET", f"/$enrol/{lookup}", b"", {})
        except RelayFailed as error:
            raise self._not_reached(error) from error
        if "error" not in self._answered.json() and self._answered.status != 200:
            raise Failed(
                Text(
                    "What answers at {url} is no Writeback relay (HTTP {status}).",
                    url=self._relay.url,
                    status=str(self._answered.status),
                ),
                Text("Check the address."),
                field=_URL,
            )
        return Text("It is a Writeback relay")

    def clock(self) -> Text:
        ahead = self._answered.ahead
        if ahead is None:
            raise Failed(Text("It does not give its time."), EMPTY, state="skipped")
        if abs(ahead) <= clock.WARNING_S:
            seconds = f"{abs(ahead):.0f}"
            return Text("{seconds} s apart from the relay's", seconds=seconds)
        state: State = "failed" if abs(ahead) > clock.LIMIT_S else "warning"
        detail = sentence(clock.describe_skew(ahead))
        raise Failed(detail, relay_client.SET_CLOCK, state=state)

    def code_state(self) -> Text:
        self._parse()
        state = self._answered.json().get("state")
        if self._answered.status == 404:
            raise Failed(
                Text("This relay does not know the code."),
                Text("Compare it with the one you got, and the relay's address."),
                field=_CODE,
            )
        if state == "open":
            return _open(self._answered.json().get("expires_at"))
        raise Failed(_spent(self._answered.json()), NEW_CODE, field=_CODE)

    def portal(self) -> Text:
        assert self._parsed is not None
        try:
            portal = proven_portal(self._answered.json().get("portal"), self._parsed)
        except StepFailed as error:
            raise Failed(error.what, error.remedy, field=_CODE) from error
        return Text(
            "{fingerprint}; the code was made for it. Its owner calls the portal "
            "{issuer}. Compare the fingerprint with your portal's",
            fingerprint=portal.keys.fingerprint,
            issuer=portal.issuer,
        )

    def _not_reached(self, error: RelayFailed) -> Failed:
        what = verbatim(error.what)
        if error.status != relay_client.PROXY_REFUSES:
            return Failed(what, verbatim(error.remedy), field=_URL)
        if self._relay.proxy_user is None:
            remedy = Text(
                "Put its user name into the address, as http://user@host:port."
            )
            return Failed(what, remedy, field=_PROXY)
        remedy = Text("Type the password of the user name.")
        return Failed(what, remedy, field=_PROXY_PASSWORD)

    def _lookup(self) -> str:
        """Name the code; a wrong one is told by the attempt that is about it."""
        try:
            return self._parse().lookup if self._code else _NO_CODE
        except Failed:
            return _NO_CODE

    def _parse(self) -> codes.EnrolmentCode:
        assert self._code is not None
        try:
            self._parsed = codes.parse(self._code.reveal())
        except codes.BadCode as error:
            detail = sentence(str(error))
            raise Failed(detail, Text("Type it again."), field=_CODE) from None
        return self._parsed


def _open(end: object) -> Text:
    """Say how long an open code is good; only the relay knows, and it may lie."""
    try:
        until = datetime.fromisoformat(str(end)[:_MOST_TIME]).astimezone()
    except (ValueError, OverflowError):
        return Text("Open; it is used up when the plan is applied")
    return Text(
        "Open until {time}, says the relay; it is used up when the plan is applied",
        time=moment(until, zone=True),
    )


def _spent(state: Mapping[str, Any]) -> Text:
    if state.get("state") == "expired":
        return Text("The code has expired.")
    agent, at = (str(state.get(name) or "") for name in ("agent", "used_at"))
    try:
        names.agent_name(agent)
    except ValueError:
        return Text("The code was used before.")
    at = printable(at, _MOST_TIME)
    return Text("The code was used by {agent} at {at}.", agent=agent, at=at)
