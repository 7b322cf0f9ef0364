"""What is sent for whom an administrator means, and what is taken of what comes."""

from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import UUID

import pytest

from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from wire.outcomes import Code, Refused
from wizard.permissions.people_search import (
    MOST_FOUND,
    FoundPeople,
    find_people,
    query_for,
    shown_name,
)

BASE = "DC=corp,DC=test"


class Directory:
    """A directory that has these people, whatever is asked."""

    def __init__(self, *people: Entry) -> None:
        self.people = people
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def search(
        self, _base: str, query: str, _attributes: Sequence[str], **options: Any
    ) -> Iterator[Entry]:
        self.asked.append((query, options))
        return iter(self.people[: options["limit"]])


def person(number: int, name: str, upn: str = "", **more: bytes) -> Entry:
    attributes = {"objectGUID": UUID(int=number + 1).bytes_le, **more}
    attributes |= {"displayName": name.encode(), "sAMAccountName": b"s%d" % number}
    if upn:
        attributes["userPrincipalName"] = upn.encode()
    values = {key: (value,) for key, value in attributes.items()}
    return Entry(f"CN=p{number},OU=People,{BASE}", values)


def found(words: str, *people: Entry) -> FoundPeople:
    directory = cast("Connection", Directory(*people))
    return find_people(directory, BASE, words, "userPrincipalName")


def test_what_is_typed_is_escaped_and_asked_as_name_and_as_identifier() -> None:
    query = query_for("Zoë (x)*", "mail")
    spelled = r"Zo\c3\ab\20\28x\29\2a"
    assert f"(anr={spelled})" in query
    assert f"(userPrincipalName={spelled}*)" in query
    assert f"(sAMAccountName={spelled})" in query
    assert query.count("(mail=") == 2
    assert "objectGUID" not in query
    assert "distinguishedName" not in query


def test_a_guid_is_asked_by_its_bytes_and_a_dn_by_itself() -> None:
    guid = UUID(int=7)
    octets = "".join(f"\\{byte:02x}" for byte in guid.bytes_le)
    assert f"(objectGUID={octets})" in query_for(f"{{{guid}}}", "mail")
    name = f"CN=a,{BASE}"
    assert f"(distinguishedName={name})" in query_for(name, "mail")


def test_the_domain_of_a_down_level_name_is_left_out() -> None:
    query = query_for("CORP\\anna", "mail")
    assert "(anr=anna)" in query
    assert "(sAMAccountName=anna)" in query


@pytest.mark.parametrize("words", ["", "  ", "a\x00", "a\nb", "x" * 1025, "\ud800"])
def test_what_nobody_is_named_by_is_refused_before_it_is_sent(words: str) -> None:
    directory = Directory()
    with pytest.raises(Refused) as caught:
        find_people(cast("Connection", directory), BASE, words, "mail")
    assert caught.value.code is Code.BAD_REQUEST
    assert not directory.asked


def test_a_bounded_number_comes_back_and_says_that_there_are_more() -> None:
    people = [person(number, f"Anna {number:02}") for number in range(MOST_FOUND + 9)]
    answer = found("anna", *people)
    assert (len(answer.people), answer.more) == (MOST_FOUND, True)
    answer = found("anna", *people[:MOST_FOUND])
    assert (len(answer.people), answer.more) == (MOST_FOUND, False)


def test_who_has_the_very_name_stands_first_and_is_the_one() -> None:
    answer = found("S2", *(person(number, f"Anna {number}") for number in range(4)))
    assert [each.name for each in answer.people] == [
        "Anna 2",
        "Anna 0",
        "Anna 1",
        "Anna 3",
    ]
    assert answer.exact == answer.people[0]


def test_two_of_the_same_name_are_not_one() -> None:
    both = (person(0, "A", "x@corp.test"), person(1, "B", mail=b"x@corp.test"))
    assert found("x@corp.test", *both).exact is None


def test_what_is_shown_is_printable_and_cut() -> None:
    name = "\x1b[31mred\u202e" + "x" * 9000
    (one,) = found("s0", person(0, name, "a\x07@corp.test")).people
    assert one.name.startswith("\\x1b[31mred\\u202e")
    assert len(one.name) == 256
    assert one.sign_in_name == "a\\x07@corp.test"


def test_whose_guid_is_hidden_can_not_be_asked_about() -> None:
    assert found("x", Entry(f"CN=x,{BASE}", {})).people == ()


def test_who_has_no_display_name_is_called_as_the_object() -> None:
    assert shown_name(None, "sam", "CN=Anna Adler,DC=test") == "Anna Adler"
    assert shown_name("", "sam", "") == "sam"


def test_all_that_a_portal_may_name_a_person_by_is_known() -> None:
    raw = UUID(int=9).bytes_le
    (one,) = found(
        "s0", person(0, "A", "a@corp.test", **{"mS-DS-ConsistencyGuid": raw})
    ).people
    assert {"a@corp.test", "s0", str(UUID(int=1)), str(UUID(int=9))} < set(one.names)
