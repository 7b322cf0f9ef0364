"""Asking one controller: its certificate without credentials, then a sign-in."""

import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal, Self

from agent.config.settings import DirectorySettings
from agent.ldap.authority import AuthorityOffer, offer_authority
from agent.ldap.certificates import Endpoint, offers_old_tls, shake_hands
from agent.ldap.connection import connect
from agent.ldap.entry import RootDse
from agent.ldap.errors import DirectoryError, SignInRefused
from agent.ldap.root_dse import ask_root
from wire.failure import sentence
from wire.secret import Secret
from wire.system_reason import system_reason
from wire.text import Text
from wizard.checks.attempt import since
from wizard.checks.controller_facts import Cell, ControllerFacts
from wizard.checks.controller_rating import CA, CONTROLLERS
from wizard.directory.sign_in import endpoint, sign_in_as
from wizard.plan.change import Context

_OTHER = Text("Fix the account in the directory, or give another one.")


SignedInAs = Literal["admin", "account"]
_FIELDS = {
    "admin": ("input.admin_user", "input.admin_password"),
    "account": ("directory.account.name", "input.account_password"),
}


@dataclass(frozen=True)
class SignIn:
    """Who signs in: the administrator, or the agent's account."""

    user: str
    password: Secret
    kind: SignedInAs

    @classmethod
    def of(cls, directory: DirectorySettings, context: Context) -> Self:
        """Choose the administrator where one is given, else the agent's account.

        Raises `StepFailed` where the account's password is neither given nor stored
        here.
        """
        kind: SignedInAs = "account" if context.inputs.admin is None else "admin"
        return cls(*sign_in_as(directory, context), kind)

    @property
    def fields(self) -> tuple[str, str]:
        """Where its name and its password were answered, as dotted paths."""
        return _FIELDS[self.kind]


def see_certificate(
    facts: ControllerFacts, settings: DirectorySettings
) -> ControllerFacts:
    """Connect without credentials: what certificate, which TLS."""
    where = endpoint(facts.host, facts.address, settings)
    began = time.perf_counter()
    try:
        where.tls_context()
    except OSError as error:
        return replace(facts, trouble=_no_ca(settings, error))
    try:
        shaken = shake_hands(where)
    except OSError as error:
        return replace(facts, trouble=_unreachable(where, error))
    took = since(began)
    offer = None if shaken.chain[0].trusted else _offer(where)
    return replace(facts, handshake=shaken, handshake_ms=took, offer=offer)


def _offer(where: Endpoint) -> AuthorityOffer | None:
    with suppress(OSError):  # it answered just now; the certificate is told as it is
        return offer_authority(where)
    return None


def sign_in(
    facts: ControllerFacts, settings: DirectorySettings, credentials: SignIn
) -> ControllerFacts:
    """Sign in once, and read what the controller says about itself."""
    where = endpoint(facts.host, facts.address, settings)
    began = time.perf_counter()
    try:
        opened = connect(where, credentials.user, credentials.password)
    except SignInRefused as error:
        trouble = _refused(error, credentials.fields)
        return replace(facts, trouble=trouble, refused=True)
    except DirectoryError as error:
        return replace(facts, trouble=_no_answer(error))
    took = since(began)
    with opened:
        known = replace(facts, ms=took, signed_in_as=credentials.user)
        return _asked_of_itself(known, opened.root)


def read_root(facts: ControllerFacts, settings: DirectorySettings) -> ControllerFacts:
    """Read what the controller says about itself to anybody, without a sign-in."""
    where = endpoint(facts.host, facts.address, settings)
    began = time.perf_counter()
    asked = _asked_of_itself(facts, partial(ask_root, where))
    return asked if asked.trouble else replace(asked, ms=since(began))


def _asked_of_itself(
    facts: ControllerFacts, ask: Callable[[], RootDse]
) -> ControllerFacts:
    before = datetime.now(UTC)
    try:
        root = ask()
    except DirectoryError as error:
        return replace(facts, trouble=_no_answer(error), signed_in_as="")
    # a controller tells whole seconds: half of one is added on average
    middle = before + (datetime.now(UTC) - before) / 2
    theirs = root.current_time
    offset = (theirs - middle).total_seconds() + 0.5 if theirs else None
    return replace(facts, root=root, clock_offset_s=offset)


def _no_ca(settings: DirectorySettings, error: OSError) -> Cell:
    file = settings.ca or ""
    detail = Text("The file {file} holds no certificate that can be used.", file=file)
    if isinstance(error, FileNotFoundError):
        detail = Text("The file {file} is not there.", file=file)
    elif isinstance(error, PermissionError):
        detail = Text("The file {file} may not be read.", file=file)
    remedy = Text("Give the CA's PEM file.")
    return Cell("certificate", "failed", "No CA file", detail, remedy, field=CA)


def _unreachable(where: Endpoint, error: OSError) -> Cell:
    host, port = where.target
    target = Text("{host} port {port}", host=host, port=str(port))
    if isinstance(error, ssl.SSLError) and offers_old_tls(where):
        return Cell(
            "TLS",
            "failed",
            "Too old",
            Text("{target} offers no TLS of 1.2 or newer.", target=target),
            "Turn TLS 1.2 on at the controller (Windows Server 2012 R2 has it).",
            field=CONTROLLERS,
        )
    why = system_reason(error)
    return Cell(
        "certificate",
        "failed",
        "No answer",
        Text("No TLS connection to {target}: {why}.", target=target, why=why),
        "Check the name, the firewall, and that the controller serves LDAPS.",
        field=CONTROLLERS,
    )


def _refused(error: SignInRefused, fields: tuple[str, str]) -> Cell:
    wrong = error.data in ("52e", "525")
    remedy = Text("Type the name and the password again.") if wrong else _OTHER
    field = fields[1] if wrong else fields[0]
    detail = sentence(error.what)
    return Cell("sign-in", "failed", "Refused", detail, remedy, field=field)


def _no_answer(error: DirectoryError) -> Cell:
    detail, remedy = sentence(error.what), sentence(error.remedy)
    return Cell("sign-in", "failed", "No answer", detail, remedy, field=CONTROLLERS)
