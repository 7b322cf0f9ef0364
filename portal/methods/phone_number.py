"""Telephone numbers that get text messages: their form, and how they are hidden.

By the public numbering plans, in phonenumbers: a number that exists, of a mobile
telephone, in a country that is allowed. So there is none that costs a premium, and no
fixed line, which reads codes out to whoever is beside it.
"""

from collections.abc import Collection

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

MOST = 32
# where plans do not tell them apart, as in North America, it may be a mobile one
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_HIDDEN, _SHOWN_DIGITS = "•••", 2


class BadNumber(ValueError):
    """What was typed is no number that gets text messages here."""


def phone_number(text: str, countries: Collection[str]) -> str:
    """Read a number with its country, as E.164 (ITU-T): +491713920042; BadNumber.

    `countries` are those that are allowed, by ISO 3166-1.
    """
    typed = text.strip()
    if len(typed) > MOST:
        raise BadNumber
    number = _parsed(f"+{typed[2:]}" if typed.startswith("00") else typed)
    if number.extension or not phonenumbers.is_valid_number(number):
        raise BadNumber
    if phonenumbers.number_type(number) not in _MOBILE:
        raise BadNumber
    if phonenumbers.region_code_for_number(number) not in countries:
        raise BadNumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def hidden(number: str) -> str:
    """Give a number as its owner knows it again, and nobody learns it from."""
    country = _parsed(number).country_code
    return f"+{country} {_HIDDEN} {_HIDDEN[:2]}{number[-_SHOWN_DIGITS:]}"


def country(number: str) -> str:
    """Give the country of a number, by ISO 3166-1."""
    return phonenumbers.region_code_for_number(_parsed(number)) or ""


def example(region: str) -> str:
    """Give a number of a country as people write it, which is nobody's."""
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if number is None:
        return ""
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _parsed(text: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, None)
    except NumberParseException:
        raise BadNumber from None
