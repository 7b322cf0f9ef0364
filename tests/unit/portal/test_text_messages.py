"""The settings of a gateway: what would be sent wrong, or tell a secret, is refused."""

from typing import Any

import pytest

from portal.errors import PortalUnusable
from portal.settings import settings_of
from portal.text_messages import TextMessages
from tests.fixtures.portal.text_gateway import settings_for
from tests.unit.portal.test_settings import GOOD


def _read(**changed: Any) -> TextMessages:
    values = settings_for("https://gateway.test/v1/messages?api-version=2") | changed
    read = settings_of(GOOD | {"sms": values}, "portal.yaml").sms
    assert read is not None
    return read


def test_what_is_not_said_has_its_default() -> None:
    read = _read()
    assert (read.method, read.format, read.status) == ("POST", "json", (200, 201, 202))
    assert (read.host, read.needs_secret, read.per_day) == ("gateway.test", False, 500)


def test_the_secret_may_be_in_a_header_or_a_field() -> None:
    assert _read(headers={"Authorization": "Bearer {secret}"}).needs_secret
    fields = {"to": "{number}", "text": "{text}", "key": "{secret}"}
    assert _read(format="form", fields=fields).needs_secret


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"url": "http://gateway.test/"}, "sms.url: must be https://HOST/PATH"),
        ({"url": "https://me:pw@gateway.test/"}, "without user or password"),
        ({"url": "https://gateway.test/#a"}, "without blanks and without #"),
        ({"method": "GET"}, "sms.method"),
        ({"headers": {"Authorization": "Bearer abc"}}, "the secret sms_secret"),
        ({"headers": {"X-API-Key": "abc"}}, "the secret sms_secret"),
        ({"headers": {"Content-Length": "1"}}, "set by the portal itself"),
        ({"headers": {"X-To": "{number}"}}, "no placeholder but {secret}"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "is no header"),
        ({"headers": {"X A": "a"}}, "is no header"),
        ({"fields": {"to": "{number}"}}, '"{text}", in quotes'),
        ({"fields": {"text": "{text}"}}, '"{number}" or "{digits}"'),
        ({"fields": {"to": {"number": None}, "x": "{text}"}}, "in quotes"),
        ({"fields": {"to": "{number}", "x": "{text} {code}"}}, "no such placeholder"),
        (
            {"format": "form", "fields": {"to": ["{number}"], "x": "{text}"}},
            "a form holds texts alone",
        ),
        ({"fields": {"to": "{number}", "x": ["{text}"] * 65}}, "at most 64 values"),
        ({"fields": {"a": [[[[[[["{number}{text}"]]]]]]]}}, "are too deep"),
        ({"status": []}, "sms.status"),
        ({"status": [302]}, "sms.status.0"),
        ({"countries": []}, "sms.countries"),
        ({"countries": ["Germany"]}, "must be a country of ISO 3166-1"),
        ({"per_day": 0}, "sms.per_day"),
        ({"password": "x"}, "sms.password"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(PortalUnusable) as refused:
        _read(**changed)
    assert words in str(refused.value)
