"""Hashes of one key, purpose and list of values, and of no other."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import PortalUnusable
from portal.keys.pepper import Pepper, Purpose, new_pepper
from wire.secret import Secret

PEPPER = Pepper.of(Secret(b64encode(b"p" * 32).decode()))
_VALUES = st.lists(st.text(max_size=8), max_size=4)


@given(_VALUES, _VALUES)
def test_two_lists_have_two_hashes(first: list[str], second: list[str]) -> None:
    same = PEPPER.digest(Purpose.CODE, *first) == PEPPER.digest(Purpose.CODE, *second)
    assert same == (first == second)
    assert PEPPER.matches(PEPPER.digest(Purpose.CODE, *first), Purpose.CODE, *first)


def test_each_purpose_and_key_has_its_own() -> None:
    assert len({PEPPER.digest(purpose, "a") for purpose in Purpose}) == len(Purpose)
    assert Pepper.of(new_pepper()).digest(Purpose.CODE) != PEPPER.digest(Purpose.CODE)
    assert len(PEPPER.digest(Purpose.CODE)) == 43


@pytest.mark.parametrize("wrong", ["", "!", b64encode(b"p" * 31).decode()])
def test_a_key_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(PortalUnusable, match="pepper"):
        Pepper.of(Secret(wrong))
