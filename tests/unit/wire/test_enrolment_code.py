"""Enrolment codes: round trips, and what is said of a mistyped one."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.enrolment_code import (
    BadCode,
    EnrolmentCode,
    RelayHalf,
    Rule,
    parse,
    parse_half,
)

KNOWN = EnrolmentCode(bytes(range(16)), bytes(range(16, 32)))

codes = st.builds(
    EnrolmentCode,
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=16, max_size=16),
)


@given(codes)
def test_a_code_reads_back(code: EnrolmentCode) -> None:
    assert parse(code.text) == code


@given(codes, st.sampled_from([" ", "  ", "\t", "\n", "-", " - "]))
def test_blanks_dashes_and_case_do_not_matter(code: EnrolmentCode, gap: str) -> None:
    typed = code.text.lower().replace("-", gap)
    assert parse(f" {typed}\n") == code


def test_the_text_is_groups_of_five() -> None:
    groups = KNOWN.text.split("-")
    assert {len(group) for group in groups[:-1]} == {5}
    assert "".join(groups).isalnum()


def test_the_bytes_are_version_secret_portal_and_checksum() -> None:
    raw = base64.b32decode(KNOWN.text.replace("-", ""))
    body = b"\x02" + bytes(range(32))
    assert raw == body + hashlib.sha256(body).digest()[:2]


@pytest.mark.parametrize("at", range(56))
def test_one_wrong_letter_is_found(at: int) -> None:
    letters = KNOWN.text.replace("-", "")
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".replace(letters[at], ""):
        with pytest.raises(BadCode) as caught:
            parse(letters[:at] + letter + letters[at + 1 :])
        assert caught.value.rule is Rule.CHECKSUM


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", Rule.LENGTH),
        (KNOWN.text[:-1], Rule.LENGTH),
        (KNOWN.text + "A", Rule.LENGTH),
        (KNOWN.text.replace("A", "1", 1), Rule.LETTERS),
        (KNOWN.text + "é", Rule.LETTERS),
        ("A" * 56, Rule.CHECKSUM),
    ],
)
def test_a_wrong_code_is_refused_by_its_rule(text: str, rule: Rule) -> None:
    with pytest.raises(BadCode) as caught:
        parse(text)
    assert caught.value.rule is rule
    assert len(text) < 20 or text not in str(caught.value)


@pytest.mark.parametrize("version", [b"\x01", b"\x03"])
def test_another_version_says_so(version: bytes) -> None:
    body = version + bytes(32)
    raw = body + hashlib.sha256(body).digest()[:2]
    with pytest.raises(BadCode) as caught:
        parse(base64.b32encode(raw).decode())
    assert caught.value.rule is Rule.VERSION


@given(st.text(max_size=80))
def test_any_text_is_refused_by_a_rule(text: str) -> None:
    with pytest.raises(BadCode):
        parse(text)


def test_it_knows_its_portal() -> None:
    digest = hashlib.sha256(b"portal").digest()
    code = RelayHalf.new().joined(digest)
    assert code.is_for(digest)
    assert not code.is_for(hashlib.sha256(b"other").digest())


def test_two_codes_of_a_portal_differ() -> None:
    assert RelayHalf.new().secret != RelayHalf.new().secret


halves = st.builds(RelayHalf, st.binary(min_size=16, max_size=16))


@given(halves, st.binary(min_size=32, max_size=32))
def test_a_half_reads_back_and_is_joined(half: RelayHalf, digest: bytes) -> None:
    assert parse_half(half.text.lower().replace("-", " ")) == half
    code = half.joined(digest)
    assert parse(code.text).is_for(digest)
    assert code.lookup == half.lookup


@given(halves)
def test_the_relays_half_is_no_code_and_says_what_it_is(half: RelayHalf) -> None:
    with pytest.raises(BadCode, match=r"half alone; the owner of your portal") as error:
        parse(half.text)
    assert error.value.rule is Rule.HALF
    assert half.text not in str(error.value)


@pytest.mark.parametrize("at", range(31))
def test_one_wrong_letter_of_a_half_is_found(at: int) -> None:
    letters = RelayHalf(bytes(range(16))).text.replace("-", "")
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".replace(letters[at], ""):
        with pytest.raises(BadCode) as caught:
            parse_half(letters[:at] + letter + letters[at + 1 :])
        assert caught.value.rule is Rule.CHECKSUM


def test_a_whole_code_is_no_half() -> None:
    with pytest.raises(BadCode) as caught:
        parse_half(KNOWN.text)
    assert caught.value.rule is Rule.WHOLE


def test_the_secret_is_not_shown() -> None:
    assert KNOWN.secret.hex() not in repr(KNOWN)
    assert repr(KNOWN.secret) not in repr(KNOWN)


def test_parts_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="16 secret bytes"):
        EnrolmentCode(b"short", bytes(16))
