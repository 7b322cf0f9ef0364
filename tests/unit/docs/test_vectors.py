"""The recorded vectors of version 1 (tests/data/wire/v1), by the reference client."""

import json
import secrets
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from docs import portal_keys
from docs.portal_client import (
    Agent,
    Client,
    LyingRelayError,
    Portal,
    Sealed,
    fingerprint_of,
)
from tests.fixtures.vectors.tokens import AGENT, ISSUER, NOW, Vector, party, read
from wire import jose, messages
from wire.portal_statement import PortalStatement

OWN = party("portal")
PORTAL = Portal(ISSUER, OWN.signing, OWN.sealing, "https://relay.example", None, "", "")
KNOWN = party("agent").public
THERE = Agent(AGENT, KNOWN.signing, KNOWN.sealing)


def named(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in read(kind)]


class Recorded(Client):
    """A client whose relay passes on what was recorded."""

    body = b""

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        assert (method, body) == ("GET", b"")
        return 200, self.body


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    monkeypatch.setattr(time, "time", lambda: float(NOW))
    return Recorded(PORTAL)


@pytest.mark.parametrize("vector", named("parties"))
def test_a_party_is_known_by_its_signing_key(vector: Vector) -> None:
    (signing,) = [key for key in vector["public"] if key["use"] == "sig"]
    spelled = fingerprint_of(ECKey.import_key(signing)).upper()
    assert spelled == vector["fingerprint"].replace(" ", "")


@pytest.mark.parametrize("vector", named("answers"))
def test_an_answer_is_taken_or_refused(client: Recorded, vector: Vector) -> None:
    sent = vector["sent"]
    sealed = Sealed(sent["token"].encode(), sent["jti"], sent["iat"])
    arguments = (THERE, sealed, vector["status"], vector["body"].encode())
    if "refused" in vector:
        with pytest.raises(LyingRelayError):
            client.open(*arguments)
        return
    assert client.open(*arguments) == vector["claims"]


@pytest.mark.parametrize("vector", named("statements"))
def test_a_statement_is_taken_or_refused(
    client: Recorded, vector: Vector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: vector["nonce"])
    client.body = vector["body"].encode()

    def taken() -> Any:
        if vector["what"] == "ready":
            return client.ready(THERE)
        return client.agent(AGENT, KNOWN.fingerprint)

    if "refused" in vector:
        with pytest.raises(LyingRelayError):
            taken()
    elif vector["what"] == "ready":
        assert taken() == vector["claims"]
    else:
        # of several sealing keys, the first is the current one
        agent = taken()
        assert agent.sealing.thumbprint() == vector["claims"]["keys"][1]["kid"]


@pytest.mark.parametrize(
    "vector", [each for each in named("requests") if "claims" in each.values[0]]
)
def test_the_same_request_is_sealed_for_the_agent(
    client: Recorded, vector: Vector
) -> None:
    claims = dict(vector["claims"])
    sealed = client.seal(THERE, claims.pop("op"), claims)
    inner = messages.unseal(sealed.token, party("agent")).signed
    payload = jose.verify_token(inner, OWN.signing, "writeback-request+jwt")
    assert json.loads(payload) == vector["claims"]
    assert sealed.jti == vector["claims"]["jti"]


@pytest.mark.parametrize(
    "vector",
    # this client asks for the right to send to every agent
    [each for each in named("access_signatures") if each.values[0]["uri"][-1] == "/"],
)
def test_a_shared_access_signature_is_spelled_so(
    vector: Vector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: float(vector["expires"] - 600))
    relay = vector["uri"].replace("http:", "https:").rstrip("/")
    keys = (relay, None, vector["key_name"], vector["key"])
    client = Client(Portal(ISSUER, OWN.signing, OWN.sealing, *keys))
    assert client._token() == vector["token"]


@pytest.fixture
def portal_file(tmp_path: Path) -> Path:
    path = tmp_path / "portal.json"
    keys = {"sig": OWN.signing, "enc": OWN.sealing}
    private = {use: key.as_dict(private=True) for use, key in keys.items()}
    path.write_text(json.dumps({"issuer": ISSUER, "keys": private}))
    return path


@pytest.mark.parametrize(
    "vector", [each for each in named("codes") if "half" in each.values[0]][:1]
)
def test_a_code_is_joined_of_two_halves(vector: Vector, portal_file: Path) -> None:
    assert portal_keys.whole_code(portal_file, vector["half"]) == vector["code"]


def test_a_portals_statement_says_the_same(portal_file: Path) -> None:
    stated = PortalStatement.read(portal_keys.statement(portal_file))
    (due,) = (each["claims"] for each in read("portal_statements") if "claims" in each)
    assert stated.issuer == due["iss"]
    assert stated.keys.jwks() == due["keys"]
