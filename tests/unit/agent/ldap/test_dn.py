"""Names are compared by what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ldap import dn
from agent.ldap.dn import rdn

BASE = "DC=corp,DC=test"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OU=Sales\\, West,DC=test", "ou=sales\\2C west,dc=TEST"),
        ("CN=a , DC=test", "CN=a,DC=test"),
        ("OU=\\ Space around\\ ,DC=test", "OU=\\20Space around\\20 ,DC=test"),
        ("OU=\\#Hash,DC=test", "OU=\\23hash,DC=test"),
        ("CN=Z\\C3\\BCrich,DC=test", "CN=Zürich,DC=test"),
        ("CN=a+OU=b,DC=test", "OU=B+CN=A,DC=test"),
    ],
)
def test_one_name_spelled_twice_is_the_same(one: str, other: str) -> None:
    assert dn.same(one, other)


@pytest.mark.parametrize(
    "container",
    [
        "OU=eople,DC=corp,DC=test",
        "OU=West,OU=People,DC=corp,DC=test",
        " West,OU=People,DC=corp,DC=test".replace(" West", "OU=\\ West"),
        "OU=People,DC=corp",
    ],
)
def test_a_name_that_ends_alike_is_not_below(container: str) -> None:
    assert not dn.is_below(f"CN=A,OU=Sales\\, West,OU=People,{BASE}", container)


def test_a_container_is_below_itself_and_its_parents() -> None:
    name = f"CN=A,OU=Sales\\, West,OU=People,{BASE}"
    for container in (name, f"ou=sales\\2c west,ou=people,{BASE}", BASE, BASE.lower()):
        assert dn.is_below(name, container)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1))
def test_any_value_survives_being_escaped(value: str) -> None:
    name = f"{rdn('CN', value)},{BASE}"
    (pair,) = dn.parse(name)[0]
    assert pair == ("cn", value.casefold())
    assert dn.is_below(name, BASE)


@pytest.mark.parametrize("text", ["People", "=x", "OU=a,,DC=b"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(dn.BadName):
        dn.parse(text)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (f"OU=Zürich,OU=People,{BASE}", "corp.test/People/Zürich"),
        (f"OU=Sales\\, West,{BASE}", "corp.test/Sales, West"),
        (f"OU=\\ Space around\\ ,{BASE}", "corp.test/ Space around "),
        (f"OU=A/B,{BASE}", "corp.test/A\\/B"),
        (f"OU=Z\\C3\\BCrich , {BASE}", "corp.test/Zürich"),
        (BASE, "corp.test"),
    ],
)
def test_a_name_is_spelled_as_administrators_read_it(name: str, read: str) -> None:
    assert dn.canonical(name) == read


def test_what_is_no_name_has_no_canonical_form() -> None:
    with pytest.raises(dn.BadName):
        dn.canonical("People")


def test_what_an_object_lies_in_is_its_name_without_the_first_part() -> None:
    assert dn.parent(f"CN=Keller\\, Anna,OU=People,{BASE}") == f"OU=People,{BASE}"
    assert dn.parent("DC=test") == ""
