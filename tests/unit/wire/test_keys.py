"""Keys of the parties, and the fingerprints people compare."""

import hashlib
import pickle
import re
from typing import Any

import pytest
from joserfc.jwk import ECKey

from wire.keys import BadKeys, PrivateKeys, PublicKeys, fingerprint, fingerprint_digest
from wire.secret import Secret


def test_keys_come_back_from_their_secret() -> None:
    keys = PrivateKeys.generate()
    again = PrivateKeys.of(keys.secret())
    assert again.public.jwks() == keys.public.jwks()


def test_the_public_half_holds_nothing_private() -> None:
    for jwk in PrivateKeys.generate().public.jwks():
        assert set(jwk) == {"kty", "crv", "x", "y", "use", "kid"}


def test_private_keys_show_nothing() -> None:
    keys = PrivateKeys.generate()
    inner = keys.signing.as_dict(private=True)["d"]
    assert str(inner) not in f"{keys!r} {keys.secret()!r} {keys.secret()}"


def test_a_fingerprint_is_of_both_thumbprints() -> None:
    public = PrivateKeys.generate().public
    joined = f"{public.signing.thumbprint()}.{public.sealing.thumbprint()}"
    digest = hashlib.sha256(joined.encode()).digest()
    assert fingerprint_digest(public.jwks()) == digest
    assert public.fingerprint.replace(" ", "") == digest.hex().upper()
    assert re.fullmatch(r"([0-9A-F]{4} ){15}[0-9A-F]{4}", public.fingerprint)


def test_the_order_of_the_keys_does_not_change_the_fingerprint() -> None:
    jwks = PrivateKeys.generate().public.jwks()
    assert fingerprint(jwks[::-1]) == fingerprint(jwks)


def test_an_exchanged_key_changes_the_fingerprint() -> None:
    first, second = PrivateKeys.generate().public, PrivateKeys.generate().public
    assert PublicKeys(first.signing, second.sealing).fingerprint != first.fingerprint


def _private(jwks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    own = ECKey.generate_key("P-256").as_dict(private=True)
    return [{**own, "use": "sig"}, jwks[1]]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda jwks: jwks[:1],
        lambda jwks: [*jwks, jwks[0]],
        lambda jwks: [{**jwks[0], "crv": "P-384"}, jwks[1]],
        lambda jwks: [{**jwks[0], "kty": "RSA"}, jwks[1]],
        lambda jwks: [{**jwks[0], "x": "AAAA"}, jwks[1]],
        lambda jwks: [{k: v for k, v in jwks[0].items() if k != "y"}, jwks[1]],
        lambda jwks: ["no key", jwks[1]],
        _private,
    ],
)
def test_what_is_not_two_public_keys_is_refused(spoil: Any) -> None:
    with pytest.raises(BadKeys):
        PublicKeys.of(spoil(PrivateKeys.generate().public.jwks()))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"sig": 1, "enc": 2}', "null"])
def test_a_spoiled_secret_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(BadKeys):
        PrivateKeys.of(Secret(text))


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(PrivateKeys.generate().secret())
