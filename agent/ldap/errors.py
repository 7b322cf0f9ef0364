"""What can go wrong with a directory, as values: no LDAP library shows through.

Each error names the controller, what it said and the remedy. None holds a password:
a controller's diagnostics do not repeat values.
"""

import re
from dataclasses import dataclass

from agent.ldap.certificates import CertificateFacts
from wire.failure import Failure
from wire.text import EMPTY, Text, TextAttribute

_DATA = re.compile(r"data ([0-9a-fA-F]+)")
_WIN32 = re.compile(r"^\s*([0-9a-fA-F]{8}):")


class DirectoryError(Failure):
    """A controller refused, or did not answer.

    `result` is the LDAP result code (RFC 4511 4.1.9), where there is one; `diagnostic`
    the controller's own words.
    """

    def __init__(
        self,
        host: str,
        what: Text,
        remedy: Text,
        result: int | None = None,
        diagnostic: str = "",
    ) -> None:
        self.host = host
        super().__init__(what, remedy)
        self.result = result
        self.diagnostic = diagnostic

    @property
    def statement(self) -> Text:
        """What happened, and at which controller."""
        return Text("{host}: {what}", host=self.host, what=self.what)

    @property
    def win32(self) -> int | None:
        """The Windows error code that a diagnostic starts with, such as 0x52D."""
        match = _WIN32.match(self.diagnostic)
        return int(match[1], 16) if match else None


class Unreachable(DirectoryError):
    """No connection, or one that broke; nothing was written by the call."""


class Untrusted(DirectoryError):
    """The controller's certificate does not prove that it is the one meant.

    `chain` is what it showed, its own first; `reason` why that is not trusted;
    `misnamed`: it is one of another name; `unknown` says what may help where its
    issuer is not known (`agent.system.tls.unknown_authority`).
    """

    def __init__(
        self,
        host: str,
        reason: str,
        chain: tuple[CertificateFacts, ...],
        *,
        misnamed: bool = False,
        unknown: Text = EMPTY,
    ) -> None:
        reason = reason.rstrip(".")
        what = Text("the certificate is not trusted: {reason}", reason=reason)
        remedy = Text("give the CA of the domain controllers, or fix the certificate")
        if unknown:
            remedy = unknown
        if misnamed:
            remedy = Text("name the controller as its certificate does")
        super().__init__(host, what, remedy)
        self.reason = reason
        self.chain = chain


class SignInRefused(DirectoryError):
    """The account was not let in (LDAP result 49, or one like it)."""

    @property
    def data(self) -> str:
        """Why, as Active Directory says it: 52e, 775, 533 and so on."""
        match = _DATA.search(self.diagnostic)
        return match[1].lower() if match else ""


class Denied(DirectoryError):
    """The account lacks a right (50)."""


class NoSuchObject(DirectoryError):
    """There is nothing of that name (32)."""


class AlreadyThere(DirectoryError):
    """There is something of that name (68)."""


class ConstraintViolation(DirectoryError):
    """A value was refused (19, or 53 with a Windows code): the password policy."""


class TimedOut(DirectoryError):
    """No answer after a request was sent: it may have been carried out.

    `waited`: the time limit passed, so that it may still be carried out; else the
    connection broke, and what was not done by then will not be.
    """

    def __init__(self, host: str, what: Text, remedy: Text, *, waited: bool) -> None:
        super().__init__(host, what, remedy)
        self.waited = waited


_SIGN_IN = {
    "52e": Text("the name or the password is wrong"),
    "525": Text("there is no such account"),
    "530": Text("the account may not sign in at this hour"),
    "531": Text("the account may not sign in from this machine"),
    "532": Text("the account's password has expired"),
    "533": Text("the account is disabled"),
    "701": Text("the account has expired"),
    "773": Text("the account must change its password first"),
    "775": Text("the account is locked"),
}


def sign_in_refused(host: str, result: int, diagnostic: str) -> SignInRefused:
    """Make the error for a refused sign-in, in words."""
    found = _DATA.search(diagnostic)
    words = _SIGN_IN.get(found[1].lower() if found else "")
    what = Text(
        "sign-in refused: {words}", words=words or Text("the account is refused")
    )
    remedy = Text(
        "check the service account: name, password, locked, disabled, expired"
    )
    return SignInRefused(host, what, remedy, result, diagnostic)


@dataclass(frozen=True)
class _Refusal:
    kind: type[DirectoryError]
    what: TextAttribute = TextAttribute()
    remedy: TextAttribute = TextAttribute()


_RESULTS = {
    50: _Refusal(Denied, "the right is missing", "grant the account the right"),
    32: _Refusal(NoSuchObject, "there is no such object", "check the name"),
    68: _Refusal(AlreadyThere, "the object is there already", "choose another name"),
    19: _Refusal(ConstraintViolation, "the value is refused", "choose another value"),
    51: _Refusal(
        Unreachable, "the controller is busy", "try again, or another controller"
    ),
    52: _Refusal(
        Unreachable, "the controller is unavailable", "try another controller"
    ),
}


def no_such_object(host: str, name: str, error: NoSuchObject) -> NoSuchObject:
    """Name what is not there in the error of a search below it."""
    what = Text("there is no {name}", name=name) if name else error.what
    return NoSuchObject(host, what, error.remedy, error.result, error.diagnostic)


def refused(host: str, result: int, diagnostic: str) -> DirectoryError:
    """Make the error for an LDAP result that is no success."""
    if result == 53 and _WIN32.match(diagnostic):
        result = 19
    if known := _RESULTS.get(result):
        return known.kind(host, known.what, known.remedy, result, diagnostic)
    what = Text("the controller refused (LDAP result {result})", result=result)
    remedy = Text("look at the controller's own words")
    return DirectoryError(host, what, remedy, result, diagnostic)
