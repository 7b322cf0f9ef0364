"""Keys of the parties, and the fingerprints people compare."""

import hashlib
import json
import pickle
import re
from typing import Any

import pytest
from joserfc.jwk import ECKey

from wire.keys import (
    BadKeys,
    PrivateKeys,
    PublicKeys,
    fingerprint,
    fingerprint_digest,
    new_key,
)
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


def test_a_fingerprint_is_the_thumbprint_of_the_signing_key() -> None:
    public = PrivateKeys.generate().public
    members = {
        name: public.signing.as_dict(private=False)[name]
        for name in ("crv", "kty", "x", "y")
    }
    # RFC 7638 section 3.1: the members in this order, without blanks
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(canonical.encode()).digest()
    assert fingerprint_digest(public.jwks()) == digest
    assert public.fingerprint.replace(" ", "") == digest.hex().upper()
    assert re.fullmatch(r"([0-9A-F]{4} ){15}[0-9A-F]{4}", public.fingerprint)


def test_the_order_of_the_keys_does_not_change_the_fingerprint() -> None:
    jwks = PrivateKeys.generate().public.jwks()
    assert fingerprint(jwks[::-1]) == fingerprint(jwks)


def test_another_signing_key_changes_the_fingerprint_another_sealing_key_not() -> None:
    first, second = PrivateKeys.generate().public, PrivateKeys.generate().public
    resealed = PublicKeys(first.signing, second.sealing, (first.sealing,))
    assert resealed.fingerprint == first.fingerprint
    assert PublicKeys(second.signing, first.sealing).fingerprint != first.fingerprint


def _rolled() -> PrivateKeys:
    old = PrivateKeys.generate()
    return PrivateKeys(old.signing, new_key(), (old.sealing,))


def test_the_first_sealing_key_is_the_current_one() -> None:
    keys = _rolled()
    public = PublicKeys.of(keys.public.jwks())
    assert public.sealing.thumbprint() == keys.sealing.thumbprint()
    assert [key.thumbprint() for key in public.former] == [
        key.thumbprint() for key in keys.former
    ]


def test_a_sealing_key_is_chosen_by_its_kid() -> None:
    keys = _rolled()
    for key in (keys.sealing, *keys.former):
        assert keys.opener(key.thumbprint()) is key


@pytest.mark.parametrize("kid", ["", "other", None, 7, [], {}])
def test_an_unknown_kid_has_no_key(kid: object) -> None:
    assert _rolled().opener(kid) is None


def test_the_signing_key_opens_nothing() -> None:
    keys = _rolled()
    assert keys.opener(keys.signing.thumbprint()) is None


def test_several_sealing_keys_come_back_from_their_secret() -> None:
    keys = _rolled()
    assert PrivateKeys.of(keys.secret()).public.jwks() == keys.public.jwks()


def test_a_secret_of_before_there_were_several_sealing_keys_is_read() -> None:
    keys = PrivateKeys.generate()
    stored = {
        "sig": keys.signing.as_dict(private=True),
        "enc": keys.sealing.as_dict(private=True),
    }
    assert PrivateKeys.of(Secret(json.dumps(stored))).public == keys.public
    # and an older program reads what is written now
    assert json.loads(keys.secret().reveal()) == stored


def test_one_public_key_among_the_private_ones_is_refused() -> None:
    keys = _rolled()
    stored = json.loads(keys.secret().reveal())
    del stored["enc"][1]["d"]
    with pytest.raises(BadKeys):
        PrivateKeys.of(Secret(json.dumps(stored)))


def _private(jwks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    own = ECKey.generate_key("P-256").as_dict(private=True)
    return [{**own, "use": "sig"}, jwks[1]]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda jwks: jwks[:1],
        lambda jwks: [*jwks, jwks[0]],
        # one key for both uses, and one sealing key twice
        lambda jwks: [jwks[0], {**jwks[0], "use": "enc"}],
        lambda jwks: [*jwks, jwks[1]],
        lambda jwks: [{**jwks[0], "crv": "P-384"}, jwks[1]],
        lambda jwks: [{**jwks[0], "kty": "RSA"}, jwks[1]],
        lambda jwks: [{**jwks[0], "x": "AAAA"}, jwks[1]],
        lambda jwks: [{k: v for k, v in jwks[0].items() if k != "y"}, jwks[1]],
        lambda jwks: ["no key", jwks[1]],
        lambda jwks: [jwks[1], jwks[1]],
        lambda jwks: [*jwks, *(jwks[1] for _ in range(4))],
        lambda jwks: [*jwks, {**jwks[1], "crv": "P-384"}],
        _private,
    ],
)
def test_what_is_no_set_of_public_keys_is_refused(spoil: Any) -> None:
    with pytest.raises(BadKeys):
        PublicKeys.of(spoil(PrivateKeys.generate().public.jwks()))


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", '{"sig": 1, "enc": 2}', "null", "[" * 100_000),
        *('{"sig": {}, "enc": []}', '{"sig": {}, "enc": [[]]}'),
    ],
)
def test_a_spoiled_secret_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(BadKeys):
        PrivateKeys.of(Secret(text))


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(PrivateKeys.generate().secret())
