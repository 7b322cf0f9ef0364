"""Materials say what the policy says, in each language, and nothing else."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.translations import catalogs
from rollout.document import Document, Style
from rollout.facts import Facts, HelpLine
from rollout.language import LANGUAGES, say
from rollout.materials import Material, made
from rollout.page import as_page
from rollout.plain_text import as_text
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind

PORTAL = "https://portal.corp.test"
_MINE = (Operation.RESET, Operation.CHANGE, Operation.UNLOCK)
FACTS = Facts(
    organization="Contoso",
    portal=PORTAL,
    operations=frozenset(_MINE),
    help_desk=frozenset({Operation.UNLOCK}),
    proofs=2,
    kinds=tuple(ProofKind),
    passkey_alone=True,
    two_proof=True,
    required=True,
    extra=1,
    confirm_days=180,
    wait_hours=24,
    allowed_from="anywhere",
    help=HelpLine("Service desk", "+49 30 5555", "https://help.corp.test/"),
)
any_facts = st.builds(
    Facts,
    organization=st.text(max_size=40),
    portal=st.just(PORTAL),
    operations=st.frozensets(st.sampled_from(_MINE)),
    help_desk=st.frozensets(st.sampled_from((Operation.RESET, Operation.UNLOCK))),
    proofs=st.integers(1, 2),
    kinds=st.lists(st.sampled_from(ProofKind), unique=True).map(tuple),
    passkey_alone=st.booleans(),
    two_proof=st.booleans(),
    required=st.booleans(),
    extra=st.integers(0, 3),
    confirm_days=st.integers(0, 730),
    wait_hours=st.integers(0, 720),
    allowed_from=st.sampled_from(("anywhere", "networks", "code")),
    help=st.builds(HelpLine, st.text(max_size=40), st.text(max_size=40)),
)


def words(material: Material, facts: Facts = FACTS, language: str = "en") -> str:
    # without the breaks between lines
    return " ".join(as_text(made(material, facts), language).split())


def quoted(document: Document, language: str) -> set[str]:
    said = " ".join(
        say(text, language) for block in document.blocks for text in block.texts
    )
    return set(re.findall("[“„]([^“”„]+)[”“]", said))


@given(any_facts, st.sampled_from(Material), st.sampled_from(LANGUAGES))
def test_whatever_the_policy_each_is_whole(
    facts: Facts, material: Material, language: str
) -> None:
    plain = replace(facts, organization="Contoso", help=HelpLine())
    text = as_text(made(material, plain), language)
    assert "{" not in text
    assert PORTAL in text or not plain.operations
    for block in made(material, facts).blocks:
        assert block.texts or block.style is not Style.HEADING


@given(any_facts, st.sampled_from(Material))
def test_nothing_that_is_filled_in_becomes_markup(
    facts: Facts, material: Material
) -> None:
    hostile = replace(
        facts,
        organization="<script>alert(1)</script>",
        help=HelpLine("</main><img src=x>", "\"'><b>", "https://a.test/?a=1&b=<i>"),
    )
    page = as_page(made(material, hostile), "en")
    for mark in ("<script", "<img", "<b>", "<i>"):
        assert mark not in page


def test_a_page_takes_nothing_from_elsewhere() -> None:
    for material in Material:
        page = as_page(made(material, FACTS), "de")
        assert '<html lang="de">' in page
        assert not re.search(r"\b(src|href|url\()", page)


@pytest.mark.parametrize("kind", ProofKind)
def test_a_kind_that_is_off_is_not_spoken_of(kind: ProofKind) -> None:
    with_it = words(Material.GUIDE, replace(FACTS, kinds=(kind,)))
    without = words(Material.GUIDE, replace(FACTS, kinds=()))
    assert with_it != without


def test_what_is_not_offered_is_not_promised() -> None:
    only_change = replace(FACTS, operations=frozenset({Operation.CHANGE}))
    said = words(Material.GUIDE, only_change)
    assert "forgot" not in said
    assert "locked" not in said
    assert "Change my password" in said


def test_two_proof_people_are_told_that_they_begin_with_a_code() -> None:
    first = "get a code from the help desk first"
    assert first in words(Material.GUIDE)
    for facts in (
        replace(FACTS, two_proof=False),
        replace(FACTS, allowed_from="code"),  # everybody does, and is told so
    ):
        assert first not in words(Material.GUIDE, facts)


def test_as_many_methods_are_asked_for_as_the_policy_asks() -> None:
    assert "Add 3 verification methods" in words(Material.ANNOUNCEMENT)
    one = replace(FACTS, proofs=1, extra=0)
    assert "Add a verification method." in words(Material.ANNOUNCEMENT, one)
    fewer = replace(FACTS, kinds=FACTS.kinds[:2])
    assert "Add 2 verification methods" in words(Material.REMINDER, fewer)


def test_where_one_registers_is_said() -> None:
    code = words(Material.ANNOUNCEMENT, replace(FACTS, allowed_from="code"))
    assert "Get a code from your help desk." in code
    assert "your password." not in code.split("2.")[1].split("3.")[0]
    inside = words(Material.ANNOUNCEMENT, replace(FACTS, allowed_from="networks"))
    assert "in your organization's network" in inside


def test_the_script_verifies_before_it_helps_and_sets_a_password_where_allowed() -> (
    None
):
    said = words(Material.HELP_DESK)
    assert said.index("Verify the caller first") < said.index("unlock it")
    assert "password for one sign-in" not in said
    resets = replace(FACTS, help_desk=frozenset({Operation.RESET}))
    assert "password for one sign-in" in words(Material.HELP_DESK, resets)
    assert "unlock it" not in words(Material.HELP_DESK, resets)


def test_without_a_help_line_the_help_desk_is_named() -> None:
    assert "Your help desk." in words(Material.GUIDE, replace(FACTS, help=HelpLine()))


def test_a_mail_has_no_link_and_its_title_is_a_subject() -> None:
    for material in (Material.ANNOUNCEMENT, Material.REMINDER):
        document = made(material, FACTS)
        assert "\n" not in say(document.title, "de")
        assert "Type the address yourself" in words(material)


# what the portal calls a method is in the catalog of the portal
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_quoted_is_what_the_portal_shows(language: str) -> None:
    portal = catalogs.read("de", domain=catalogs.PORTAL)
    shown = {
        str(each.string if language == "de" else each.id)
        for each in catalogs.texts(portal)
    }
    for material in Material:
        assert quoted(made(material, FACTS), language) <= shown
