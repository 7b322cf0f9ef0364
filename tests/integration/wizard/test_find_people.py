"""Whom an administrator means, found in the lab's domain by whatever they type."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.verdict.causes import Cause
from lab.agent_settings import settings_for
from lab.controller import Lab
from wire.operation import Operation
from wire.secret import Secret
from wizard.controller.permissions import Explained, Permissions
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.permissions import people_search
from wizard.permissions.people_search import FoundPeople
from wizard.plan.change import Context, allow_all

Find = Callable[[str], FoundPeople]


class Asked:
    """The controller's permissions on the lab, as the account that is there."""

    def __init__(self, lab: Lab, folder: Path, account: str = "svc-existing") -> None:
        context = Context(SandboxHost(folder), Inputs(), allow_all)
        plain = settings_for(lab).model_dump(mode="json")
        self.settings = settings_for(lab)
        if account != "svc-existing":
            name = lab.accounts[account]["upn"]
            own = plain["directory"]["account"] | {"name": name}
            directory = plain["directory"] | {"account": own}
            self.settings = type(self.settings).model_validate(
                plain | {"directory": directory}
            )
        self.permissions = Permissions(context)
        self.inputs = Inputs(account_password=Secret(lab.accounts[account]["password"]))

    def find(self, words: str) -> FoundPeople:
        return self.permissions.find_people(self.settings, self.inputs, words)

    def explain(self, words: str) -> Explained:
        found = self.find(words).exact
        assert found is not None
        guid = str(found.guid)
        return self.permissions.explain(self.settings, self.inputs, "objectGUID", guid)


@pytest.fixture
def asked(clean_lab: Lab, tmp_path: Path) -> Asked:
    return Asked(clean_lab, tmp_path)


def names(found: FoundPeople) -> set[str]:
    return {person.name for person in found.people}


@pytest.mark.parametrize(
    "words", ["Anna Adler", "anna adl", "Adler Anna", "anna.ad", "anna.adler@corp"]
)
def test_a_part_of_a_name_finds_the_person(asked: Asked, words: str) -> None:
    assert names(asked.find(words)) == {"Anna Adler"}


def test_a_first_name_finds_all_who_are_so_named(asked: Asked) -> None:
    found = asked.find("anna")
    assert names(found) == {"Anna Adler", "Anna Brandt", "Anna Costa"}
    assert [person.name for person in found.people] == sorted(names(found))
    assert (found.more, found.exact) == (False, None)


@pytest.mark.parametrize(
    "named", ["upn", "sam", "mail", "dn", "guid", "braced", "down-level"]
)
def test_each_exact_identifier_names_one_person(
    clean_lab: Lab, asked: Asked, named: str
) -> None:
    person = clean_lab.people["no_inheritance"]
    guid = asked.find(person["upn"]).people[0].guid
    words = {
        **{key: person[key] for key in ("upn", "sam", "dn")},
        "mail": f"{person['sam']}@corp.test",
        "guid": str(guid),
        "braced": f"{{{guid}}}",
        "down-level": f"CORP\\{person['sam']}",
    }[named]
    found = asked.find(words)
    assert found.exact is not None
    assert (found.exact.dn, found.exact.guid) == (person["dn"], guid)
    assert found.exact.sign_in_name == person["upn"]


def test_somebody_outside_the_scope_is_found(clean_lab: Lab, asked: Asked) -> None:
    found = asked.find("Otto")
    assert [person.dn for person in found.people] == [clean_lab.people["outside"]["dn"]]


@pytest.mark.parametrize(
    "words", ["*", "(cn=*)", "a)(objectClass=*", "\\", "nobody-here", "=,", "anna*"]
)
def test_what_a_filter_takes_for_more_than_a_name_finds_nobody(
    asked: Asked, words: str
) -> None:
    assert not asked.find(words).people


def test_a_domain_that_has_more_says_so(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_search, "MOST_FOUND", 2)
    found = asked.find("anna")
    assert (len(found.people), found.more) == (2, True)


def test_awkward_names_are_found_by_their_dn(clean_lab: Lab, asked: Asked) -> None:
    for key in ("comma_ou", "plus_ou", "quote_ou", "angle_ou", "hash_ou", "space_ou"):
        person = clean_lab.people[key]
        found = asked.find(person["dn"])
        assert found.exact is not None, key
        assert found.exact.sign_in_name == person["upn"]


def test_the_entry_that_decides_is_marked_in_its_list(
    clean_lab: Lab, asked: Asked
) -> None:
    listed = asked.explain(clean_lab.people["anna"]["upn"]).listed
    (decides,) = (e for e in listed.entries if Operation.RESET in e.decides)
    assert "reset the password" in decides.words
    assert decides.applies
    assert decides.words.startswith("Allows svc-existing to")
    assert [entry.place for entry in listed.entries] == sorted(
        entry.place for entry in listed.entries
    )
    assert len(listed.entries) > 10
    # the entry that denies the person the change, and it is no entry of the agent's
    listed = asked.explain(clean_lab.people["cannot_change"]["upn"]).listed
    (denies,) = (e for e in listed.entries if Operation.CHANGE in e.decides)
    assert denies.words.startswith("Denies Self to change the password")


def test_where_no_entry_allows_it_none_is_marked(
    clean_lab: Lab, tmp_path: Path
) -> None:
    asked = Asked(clean_lab, tmp_path, "svc-weak")
    explained = asked.explain(clean_lab.people["anna"]["upn"])
    assert explained.verdict.reset.cause is Cause.NOT_GRANTED
    assert explained.listed.entries
    assert not any(Operation.RESET in e.decides for e in explained.listed.entries)


def test_the_chain_of_self_service_is_read_of_the_directory(
    clean_lab: Lab, tmp_path: Path
) -> None:
    group = "CN=Writeback pilot,OU=Groups,DC=corp,DC=test"
    asked = Asked(clean_lab, tmp_path)
    people = clean_lab.people

    def states(key: str, **wished: object) -> dict[str, str]:
        block = {"who": "groups", "groups": [group]} | wished
        asked.settings = settings_for(clean_lab, self_service=block)
        links = asked.explain(people[key]["upn"]).self_service
        return {link.id.partition(".")[2]: link.state for link in links}

    assert states("quentin")["who"] == "failed"
    everybody = states("quentin", who="all")
    assert everybody["who"] == everybody["scope"] == everybody["verdict"] == "ok"
    gone = states("quentin", who="all", exceptions=["CN=Gone,DC=corp,DC=test"])
    assert gone["who"] == "failed"
    named = states("quentin", who="all", exceptions=[people["quentin"]["dn"]])
    assert named["who"] == "failed"
    assert states("outside", who="all")["scope"] == "failed"
    assert states("disabled", who="all")["verdict"] == "failed"
    assert states("protected", who="all")["verdict"] == "failed"
