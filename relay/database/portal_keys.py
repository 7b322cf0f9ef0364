"""A portal's keys as the relay's owner registers them: statements that it signed.

The first is taken from whoever brings it to the owner. A later one must be of the same
signing key, or come with a succession that the key of before signed (docs/wire.md): an
agent would take no other either.
"""

from dataclasses import replace
from pathlib import Path

from relay.database.records import Portal
from relay.errors import RelayUnusable
from wire import jose, outcomes
from wire.keys import PublicKeys
from wire.portal_statement import PortalStatement
from wire.self_signed import MAX_BYTES, unproven_payload

SUCCESSION = "writeback-succession+jwt"
_MAKE_ONE = "it must be what the portal's owner made: a statement, or a succession"


def read_statement(path: Path) -> PortalStatement:
    """Read a file with one statement; RelayUnusable says what is wrong with it."""
    return _statement(_text(path), path)


def succeeded(portal: Portal, path: Path) -> Portal:
    """Give the portal as a file says it is now; RelayUnusable where it may not."""
    token = _text(path)
    try:
        kind = jose.token_header(token.encode("ascii")).get("typ")
        proof = _proof(token, portal) if kind == SUCCESSION else token
    except outcomes.Refused as error:
        raise RelayUnusable(f"{path}: {error.detail}", _MAKE_ONE) from error
    statement = _statement(proof, path)
    known, new = PublicKeys.of(portal.keys), statement.keys
    if proof is token and new.signing.thumbprint() != known.signing.thumbprint():
        raise RelayUnusable(
            f"{path} is of another signing key than {portal.name}'s",
            "have the portal's owner make a succession, signed by the key of before",
        )
    if statement.issuer != portal.issuer:
        raise RelayUnusable(
            f"{path} is of {statement.issuer}, and {portal.name} is {portal.issuer}",
            "register it as another portal",
        )
    _refuse_older(statement, portal, path)
    return replace(portal, keys=new.jwks(), statement=statement.token)


def _refuse_older(statement: PortalStatement, portal: Portal, path: Path) -> None:
    """Refuse what would bring a former sealing key back."""
    if portal.statement is None:
        return
    registered = PortalStatement.read(portal.statement)
    if statement.issued_at < registered.issued_at:
        raise RelayUnusable(
            f"{path} is older than the statement of {portal.name} that is registered",
            "have the portal's owner make a new one",
        )


def _proof(token: str, portal: Portal) -> str:
    """Give the new key's statement out of a succession by the portal's key.

    One whose new keys are the portal's by now was registered before, and gives the
    statement that is there.
    """
    known, signed = PublicKeys.of(portal.keys), token.encode("ascii")
    try:
        claims = jose.read_signed(signed, known, SUCCESSION)
    except outcomes.Refused:
        claims = jose.json_object(unproven_payload(signed))
        new = PortalStatement.read(claims.get("proof")).keys
        if portal.statement is None or new.jwks() != known.jwks():
            raise
        return portal.statement
    return str(claims.get("proof"))


def _statement(token: str, path: Path) -> PortalStatement:
    try:
        return PortalStatement.read(token)
    except outcomes.Refused as error:
        raise RelayUnusable(f"{path}: {error.detail}", _MAKE_ONE) from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(2 * MAX_BYTES).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RelayUnusable(f"{path} can't be read", _MAKE_ONE) from error
