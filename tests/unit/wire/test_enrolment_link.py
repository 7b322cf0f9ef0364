"""Enrolment links: round trips, and what is said of one that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.enrolment_code import BadCode, EnrolmentCode
from wire.enrolment_link import (
    MOST,
    BadLink,
    EnrolmentLink,
    Rule,
    is_link,
    read,
    same_relay,
)

CODE = EnrolmentCode(bytes(range(16)), bytes(range(16, 32)))
RELAY = "https://relay.corp.test:8443"
LINK = EnrolmentLink(RELAY, CODE, "sync-01")
AT = "relay=https%3A%2F%2Frelay.corp.test"
WHOLE = f"writeback:enrol?{AT}&code={CODE.text}"


def test_a_link_reads_back() -> None:
    assert read(LINK.text) == LINK
    assert read(EnrolmentLink(RELAY, CODE).text).agent == ""


@pytest.mark.parametrize(
    "text",
    [
        f"https://portal.corp.test/help?page=2#{LINK.text}",
        f"  {LINK.text}\n",
        LINK.text.replace("-", ""),
        LINK.text.replace("writeback:", "WRITEBACK:"),
        f"{LINK.text}&later=1",
    ],
)
def test_a_link_is_read_as_portals_may_print_it(text: str) -> None:
    link = read(text.replace("sync01", "sync-01"))
    assert (link.relay, link.code) == (RELAY, CODE)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("https://portal.corp.test/help", Rule.FORM),
        ("writeback:enrol", Rule.FORM),
        ("writeback:remove?relay=https%3A%2F%2Fa&code=b", Rule.FORM),
        ("writeback://enrol?relay=https%3A%2F%2Fa&code=b", Rule.FORM),
        ("mailto:somebody@corp.test", Rule.FORM),
        (f"{WHOLE}#more", Rule.FORM),
        (f"{WHOLE}&code={CODE.text}", Rule.FORM),
        (f"writeback:enrol?code={CODE.text}", Rule.FORM),
        (f"writeback:enrol?{AT}&code=", Rule.FORM),
        (f"{WHOLE}&{'&'.join(f'x{at}=1' for at in range(20))}", Rule.FORM),
        (f"{WHOLE}&x=a b", Rule.FORM),
        (f"{WHOLE}&x=\u202e", Rule.FORM),
        (WHOLE.replace("https", "http"), Rule.RELAY),
        (WHOLE.replace("relay.corp.test", ""), Rule.RELAY),
        (WHOLE.replace("relay.corp", "user%40relay.corp"), Rule.RELAY),
        (WHOLE.replace("corp.test", "corp.test%3A99999"), Rule.RELAY),
        (WHOLE.replace("corp.test", "corp.test%0A"), Rule.RELAY),
        (f"{WHOLE}&agent=Sync%2001", Rule.AGENT),
        (f"{WHOLE}&x={'a' * MOST}", Rule.LENGTH),
    ],
)
def test_what_is_no_link_is_refused_by_its_rule(text: str, rule: Rule) -> None:
    assert is_link(text)
    with pytest.raises(BadLink) as caught:
        read(text)
    assert caught.value.rule is rule
    assert CODE.text not in str(caught.value)


def test_a_code_in_it_that_is_mistyped_is_told_as_a_code() -> None:
    with pytest.raises(BadCode, match="mistyped"):
        read(WHOLE[:-1] + ("A" if WHOLE[-1] != "A" else "B"))


def test_a_link_is_shown_without_its_secret() -> None:
    assert CODE.secret.hex() not in repr(LINK)
    assert str(CODE.secret) not in repr(LINK)
    assert not is_link(CODE.text)


@given(st.text(max_size=200))
def test_nothing_else_is_raised(text: str) -> None:
    for given_text in (text, f"writeback:enrol?{text}", f"https://{text}#{text}"):
        try:
            read(given_text)
        except (BadLink, BadCode):
            continue


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://relay.test:443", True),
        ("https://RELAY.test/", True),
        ("https://relay.test:8443", False),
        ("https://other.test", False),
        ("", False),
    ],
)
def test_the_port_of_https_may_be_named(other: str, *, same: bool) -> None:
    assert same_relay("https://relay.test", other) is same
