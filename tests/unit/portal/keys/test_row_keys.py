"""What is sealed opens for its row alone, by the key of today and those of before."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import PortalUnusable
from portal.keys.row_keys import RowKeys, Unsealable, new_key
from wire.secret import Secret

NEW, OLD = new_key().reveal(), new_key().reveal()


@given(st.text(), st.text(max_size=40))
def test_what_was_sealed_is_opened(value: str, row: str) -> None:
    keys = RowKeys.of(Secret(NEW))
    sealed = keys.seal(value, row)
    assert keys.open(sealed, row) == value
    with pytest.raises(Unsealable):
        keys.open(sealed, f"{row}x")


def test_two_seals_of_one_value_differ() -> None:
    keys = RowKeys.of(Secret(NEW))
    assert keys.seal("a", "row") != keys.seal("a", "row")


def test_a_former_key_still_opens() -> None:
    sealed = RowKeys.of(Secret(OLD)).seal("a", "row")
    assert RowKeys.of(Secret(f"{NEW}\n{OLD}\n")).open(sealed, "row") == "a"
    with pytest.raises(Unsealable):
        RowKeys.of(Secret(NEW)).open(sealed, "row")


@given(st.integers(min_value=0))
def test_each_changed_byte_is_found(at: int) -> None:
    keys = RowKeys.of(Secret(NEW))
    sealed = bytearray(keys.seal("value", "row"))
    sealed[at % len(sealed)] ^= 1
    with pytest.raises(Unsealable):
        keys.open(bytes(sealed), "row")
    with pytest.raises(Unsealable):
        keys.open(bytes(sealed[:9]), "row")


@pytest.mark.parametrize(
    "wrong", ["", "no base64 !", b64encode(b"short").decode(), "\n".join([NEW] * 5)]
)
def test_keys_that_are_none_are_refused(wrong: str) -> None:
    with pytest.raises(PortalUnusable, match="row_keys"):
        RowKeys.of(Secret(wrong))


def test_no_key_is_shown() -> None:
    assert NEW not in repr(RowKeys.of(Secret(NEW)))
