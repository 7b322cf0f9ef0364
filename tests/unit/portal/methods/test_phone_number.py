"""Numbers that get text messages: whole, mobile, of a country that is allowed."""

import pytest

from portal.methods.phone_number import (
    BadNumber,
    country,
    example,
    hidden,
    phone_number,
)

_COUNTRIES = ("DE", "AT", "US")


@pytest.mark.parametrize(
    "typed",
    [
        "+49 171 3920042",
        "+491713920042",
        "0049 (0)171 / 39200-42",
        " +49-171-392 00 42 ",
        "\uff0b\uff14\uff19 171 3920042",
        "tel:+49-171-3920042",
    ],
)
def test_one_number_has_one_form(typed: str) -> None:
    assert phone_number(typed, _COUNTRIES) == "+491713920042"


@pytest.mark.parametrize(
    "typed",
    [
        "0171 3920042",  # of which country is not said
        "+49 171 39200",  # too short
        "+49 30 12345678",  # a fixed line
        "+49 900 1234567",  # costs a premium
        "+49 137 1234567",  # so does this
        "+49 800 1234567",  # a service
        "+49 700 12345678",  # a personal number: whose line it is, is unknown
        "+41 79 123 45 67",  # of a country that is not allowed
        "+882 16 12345678",  # of none
        "+49 171 3920042 ext. 7",
        "+49 171 3920042;phone-context=+1",
        "anna@example.org",
        "",
        "+",
        "1" * 33,
        "+49 171 3920042\n+49 171 3920043",
    ],
)
def test_what_is_no_such_number_is_refused(typed: str) -> None:
    with pytest.raises(BadNumber):
        phone_number(typed, _COUNTRIES)


def test_where_plans_do_not_tell_a_mobile_one_it_is_taken() -> None:
    assert phone_number("+1 202 555 0123", _COUNTRIES) == "+12025550123"


def test_its_owner_knows_it_again_by_its_end() -> None:
    assert hidden("+491713920042") == "+49 ••• ••42"
    assert country("+491713920042") == "DE"


def test_the_example_of_each_country_is_one_that_is_taken() -> None:
    for region in ("DE", "AT", "US", "FR", "JP", "ES"):
        assert phone_number(example(region), (region,))
