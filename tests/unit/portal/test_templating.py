"""Words, times and addresses that the templates fill in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from portal.templating import STATIC, Templates, static_address


def test_the_address_of_a_file_is_its_contents() -> None:
    addresses = {static_address(each.name) for each in STATIC.iterdir()}
    assert len(addresses) == len(list(STATIC.iterdir()))
    assert all("?v=" in each for each in addresses)


_UNLOCKED = {
    "organization": "Contoso",
    "name": "Anna",
    "when": datetime(2026, 7, 1, 12, tzinfo=UTC),
    "address": "192.0.2.7",
    "help_phone": "",
    "not_me": "",
    "reference": "4f1c",
}


# a time without its zone would be read as that of who reads
@pytest.mark.parametrize(
    ("zone", "language", "shown"),
    [
        ("UTC", "en", "Jul 1, 2026, 12:00:00\u202fPM UTC"),
        ("Europe/Berlin", "de", "01.07.2026, 14:00:00 MESZ"),
        ("America/New_York", "en", "Jul 1, 2026, 8:00:00\u202fAM EDT"),
        ("Asia/Kolkata", "de", "01.07.2026, 17:30:00 GMT+05:30"),
    ],
)
def test_a_time_is_said_with_its_zone(zone: str, language: str, shown: str) -> None:
    own = UTC if zone == "UTC" else ZoneInfo(zone)
    mail = Templates(own).mail("unlock", language, **_UNLOCKED)
    assert shown in mail.text
    assert "(UTC)" not in mail.text


def test_a_text_message_is_one_line() -> None:
    said = Templates(ZoneInfo("Europe/Berlin")).text(
        "code", "en", code="123456", organization="Contoso", minutes=10, read_out=False
    )
    assert said.startswith("123456 is your code for Contoso.")
    assert "\n" not in said


def test_a_template_is_compiled_once_for_all_languages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who resets a password waits for the mail that tells them to be queued."""
    compiled: list[str] = []
    compiling = Environment._compile

    def noted(self: Environment, source: str, filename: str) -> object:
        compiled.append(filename)
        return compiling(self, source, filename)

    monkeypatch.setattr(Environment, "_compile", noted)
    # of a zone of their own: no other test made these
    templates = Templates(ZoneInfo("Pacific/Chatham"))
    said = [
        templates.mail("unlock", each, **_UNLOCKED).text for each in ("en", "de", "en")
    ]
    assert said[0] == said[2] != said[1]
    assert len(compiled) == len(set(compiled))
