"""The lab's inbox shows what came, and runs nothing of it."""

import json
from urllib.parse import urlencode

import pytest

from lab.portal.inbox import Inbox, pages
from lab.portal.site import INBOX, MESSAGES, TEXT_MESSAGES
from tests.fixtures.portal.browser import Browser

WORDS = {"to": "+4915123456789", "text": "123456 is your code."}
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", json.dumps(WORDS)), (FORM, urlencode(WORDS))],
)
async def test_a_text_message_is_taken_in_either_form(kind: str, body: str) -> None:
    browser = Browser(pages(Inbox()))
    headers = {"content-type": kind}
    taken = await browser.raw("POST", TEXT_MESSAGES, body.encode(), headers)
    assert taken.status == 202
    listed = await browser.raw("GET", MESSAGES, b"", {})
    (message,) = json.loads(listed.text)
    assert (message["kind"], message["to"]) == ("text", WORDS["to"])
    assert message["words"] == WORDS["text"]


async def test_the_newest_stands_first_and_nothing_of_it_is_html() -> None:
    inbox = Inbox()
    inbox.take("mail", "anna@example.com", "First", "one")
    inbox.take("mail", "anna@example.com", "<script>alert(1)</script>", "two")
    shown = await Browser(pages(inbox)).raw("GET", INBOX, b"", {})
    assert "<script>" not in shown.text
    assert shown.text.index("two") < shown.text.index("one")


async def test_what_is_too_long_is_refused() -> None:
    inbox = Inbox()
    taken = await Browser(pages(inbox)).raw("POST", TEXT_MESSAGES, b"x" * 70_000, {})
    assert (taken.status, inbox.messages) == (413, [])
