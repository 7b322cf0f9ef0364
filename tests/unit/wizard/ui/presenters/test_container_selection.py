"""Tri-state check boxes over a tree: what covers what."""

from agent.ldap.dn import is_below
from wizard.ui.presenters.container_selection import check, clear, state

HEAD = "DC=corp,DC=test"
PEOPLE, USERS = f"OU=People,{HEAD}", f"CN=Users,{HEAD}"
BASEL, ZURICH = f"OU=Basel,{PEOPLE}", f"OU=Zurich,{PEOPLE}"
IT = f"OU=IT,{ZURICH}"
TREE = {HEAD: [PEOPLE, USERS], PEOPLE: [BASEL, ZURICH], ZURICH: [IT]}


def below(dn: str) -> list[str]:
    return TREE.get(dn, [])


def test_a_container_covers_itself_and_what_is_below() -> None:
    assert is_below(BASEL, PEOPLE)
    assert is_below(PEOPLE, PEOPLE.lower())
    assert not is_below(PEOPLE, BASEL)


def test_a_name_that_ends_alike_is_not_below() -> None:
    assert not is_below("OU=B,OU=XA,DC=test", "OU=A,DC=test")
    assert is_below(r"OU=one\, two,OU=A,DC=test", "OU=A,DC=test")


def test_a_name_spelled_with_other_escapes_is_the_same() -> None:
    upper, lower = rf"OU=Sales\, West,{HEAD}", rf"OU=IT,ou=sales\2C west,{HEAD}"
    assert is_below(lower, upper)
    assert state(lower, [upper]) == "checked"
    assert check(upper, [lower]) == (upper,)


def test_what_is_below_a_checked_one_is_checked_and_above_it_partly() -> None:
    assert state(IT, [PEOPLE]) == "checked"
    assert state(HEAD, [PEOPLE]) == "partly"
    assert state(USERS, [PEOPLE]) == "clear"


def test_checking_a_container_takes_the_place_of_those_below() -> None:
    assert check(PEOPLE, [BASEL, USERS]) == (USERS, PEOPLE)
    assert check(BASEL, [PEOPLE]) == (PEOPLE,)


def test_clearing_one_below_a_checked_one_leaves_its_siblings() -> None:
    assert clear(BASEL, [HEAD], below) == (USERS, ZURICH)
    assert set(clear(IT, [HEAD], below)) == {USERS, BASEL}


def test_clearing_a_container_clears_all_below() -> None:
    assert clear(PEOPLE, [BASEL, ZURICH, USERS], below) == (USERS,)
    assert clear(PEOPLE, [PEOPLE], below) == ()
