"""Tokens as every known client writes them."""

import base64
import hashlib
import hmac
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import sas

KEY = "a2V5IGluIGJhc2U2NCwgbm90IGRlY29kZWQ="
NOW = 1_800_000_000.0
LATER = 1_800_003_600


def signed(resource: str, *, key: str = KEY, expires: int = LATER) -> str:
    """Sign as the documents say, apart from the code under test."""
    mac = hmac.new(key.encode(), f"{resource}\n{expires}".encode(), hashlib.sha256)
    signature = quote(base64.b64encode(mac.digest()), safe="")
    return (
        f"SharedAccessSignature sr={resource}&sig={signature}&se={expires}&skn=listen"
    )


def keys(name: str) -> list[str]:
    return {"listen": [KEY]}.get(name, [])


CLIENTS = {
    "hyco: encodeURIComponent, the port kept": "http%3A%2F%2Frelay.test%3A9443%2FA1",
    ".NET: end slash, plus for blanks": "http%3a%2f%2frelay.test%2fa1%2f",
    "the documents' Python: quote without safe": quote("http://relay.test/a1", safe=""),
    "Go and Python: lower case, quote_plus": quote_plus("http://relay.test/a1"),
    "sb scheme": quote_plus("sb://relay.test/a1/"),
    "the whole relay": quote_plus("http://relay.test/"),
    "not encoded at all": "http://relay.test/a1",
}


@pytest.mark.parametrize("resource", CLIENTS.values(), ids=CLIENTS.keys())
def test_every_clients_encoding_is_taken(resource: str) -> None:
    token = sas.verify(signed(resource), keys, NOW)
    assert token.audience.host == "relay.test"
    assert token.audience.covers("a1")


def test_what_it_signs_the_documents_algorithm_verifies() -> None:
    token = sas.sign(KEY, "listen", "http://relay.test/a1", LATER)
    assert token == signed("http%3A%2F%2Frelay.test%2Fa1")


@pytest.mark.parametrize(
    ("audience", "path", "covered"),
    [
        ("http://h/", "anything/below", True),
        ("http://h/a1", "a1", True),
        ("http://h/A1/", "/a1/resets", True),
        ("http://h/a1", "a10", False),
        ("http://h/a1", "a2", False),
        ("http://h/a1/below", "a1", False),
    ],
)
def test_an_audience_covers_what_is_below_it(
    audience: str, path: str, *, covered: bool
) -> None:
    token = sas.parse(signed(quote_plus(audience)))
    assert token.audience.covers(path) is covered


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(sas.BadToken, match="no key of this name"):
        sas.verify(signed("http%3A%2F%2Fh%2F", key="other"), keys, NOW)


def test_the_key_is_not_base64_decoded() -> None:
    resource = "http%3A%2F%2Fh%2F"
    raw = base64.b64decode(KEY)
    mac = hmac.new(raw, f"{resource}\n{LATER}".encode(), hashlib.sha256).digest()
    signature = quote_plus(base64.b64encode(mac))
    token = f"SharedAccessSignature sr={resource}&sig={signature}&se={LATER}&skn=listen"
    with pytest.raises(sas.BadToken):
        sas.verify(token, keys, NOW)


def test_either_of_two_keys_may_sign_while_one_replaces_the_other() -> None:
    token = signed("http%3A%2F%2Fh%2F")
    assert sas.verify(token, lambda _: ["new key", KEY], NOW).key_name == "listen"


def test_a_name_without_a_key_is_refused() -> None:
    with pytest.raises(sas.BadToken):
        sas.verify(signed("http%3A%2F%2Fh%2F"), lambda _: [], NOW)


@pytest.mark.parametrize("now", [LATER, LATER + 1])
def test_a_token_past_its_time_is_refused(now: float) -> None:
    with pytest.raises(sas.ExpiredToken):
        sas.verify(signed("http%3A%2F%2Fh%2F"), keys, now)


def test_a_later_time_breaks_the_signature() -> None:
    token = signed("http%3A%2F%2Fh%2F").replace(str(LATER), str(LATER + 1))
    with pytest.raises(sas.BadToken, match="no key of this name"):
        sas.verify(token, keys, NOW)


def test_re_encoding_the_resource_breaks_the_signature() -> None:
    token = signed("http%3a%2f%2fh%2f").replace("%3a%2f%2fh%2f", "%3A%2F%2Fh%2F")
    with pytest.raises(sas.BadToken, match="no key of this name"):
        sas.verify(token, keys, NOW)


SIGNATURE = quote_plus(base64.b64encode(bytes(32)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bearer abc",
        "SharedAccessSignature",
        f"SharedAccessSignature sr=x&sig={SIGNATURE}&se=1",
        f"SharedAccessSignature sr=x&sr=y&sig={SIGNATURE}&se=1&skn=k",
        f"SharedAccessSignature sr=&sig={SIGNATURE}&se=1&skn=k",
        f"SharedAccessSignature sr=x&sig={SIGNATURE}&se=-1&skn=k",
        f"SharedAccessSignature sr=x&sig={SIGNATURE}&se=1e9&skn=k",
        f"SharedAccessSignature sr=x&sig={SIGNATURE}&se={'9' * 13}&skn=k",
        f"SharedAccessSignature sr=x&sig={SIGNATURE}&se=1&skn=k&more=1",
        "SharedAccessSignature sr=x&sig=%%%&se=1&skn=k",
        "SharedAccessSignature sr=x&sig=YWJj&se=1&skn=k",
        "SharedAccessSignature sr=x&sig=ümlaut&se=1&skn=k",
        "SharedAccessSignature " + "x" * 5000,
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(sas.BadToken):
        sas.parse(text)


@pytest.mark.parametrize("resource", ["nohost", "http%3A%2F%2F%5Bx%2Fy"])
def test_a_resource_that_is_no_address_is_refused(resource: str) -> None:
    with pytest.raises(sas.BadToken):
        _ = sas.parse(signed(resource)).audience


@pytest.mark.parametrize("odd", ["\udc80", "é", "\u2028"])
def test_bytes_that_are_no_ascii_are_no_token(odd: str) -> None:
    """As an HTTP header brings them; a signature over them would be of no text."""
    spoiled = signed("http%3A%2F%2Frelay%2Fx").replace("relay", f"relay{odd}")
    with pytest.raises(sas.BadToken, match="ASCII"):
        sas.verify(spoiled, keys, NOW)


def test_no_refusal_shows_the_token() -> None:
    token = signed("http%3A%2F%2Fh%2F", key="other")
    signature = token.partition("sig=")[2].partition("&")[0]
    with pytest.raises(sas.BadToken) as caught:
        sas.verify(token, keys, NOW)
    assert signature not in str(caught.value)
    assert signature not in repr(sas.parse(token))


@given(st.text(max_size=200))
def test_any_text_is_either_a_token_or_refused(text: str) -> None:
    for given_text in (text, "SharedAccessSignature " + text):
        try:
            sas.verify(given_text, keys, NOW)
        except sas.BadToken:
            continue
        raise AssertionError("nobody signed this")


@given(
    key=st.text(min_size=1, max_size=40).filter(str.isprintable),
    name=st.text(min_size=1, max_size=40).filter(str.isprintable),
    path=st.text(alphabet=st.characters(categories=["L", "N"]), max_size=40),
    expires=st.integers(min_value=int(NOW) + 1, max_value=10**11),
)
def test_what_is_signed_verifies(key: str, name: str, path: str, expires: int) -> None:
    token = sas.sign(key, name, f"http://relay.test/{path}", expires)
    verified = sas.verify(
        token, lambda key_name: [key] if key_name == name else [], NOW
    )
    assert verified.expires == expires
    assert verified.audience.covers(path)
