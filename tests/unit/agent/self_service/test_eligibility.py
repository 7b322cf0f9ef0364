"""Who may help themselves: the settings decide, and what is not known lets nobody."""

import pytest

from agent.config.self_service import SelfService
from agent.self_service.eligibility import WhyNot, eligibility
from agent.verdict.membership import NO_MEMBERSHIP, Membership
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind

STAFF = "CN=Staff,DC=corp,DC=test"
ALL = SelfService(who="all")
SOME = SelfService(who="groups", groups=(STAFF,))
IN = Membership(group=STAFF)


def test_nobody_is_eligible_unless_the_settings_say_so() -> None:
    for membership in (NO_MEMBERSHIP, IN, Membership(administrator="x")):
        may = eligibility(SelfService(), membership)
        assert (may.why_not, may.operations) == (WhyNot.OFF, frozenset())
        assert "who is none" in str(may.reason)


def test_all_and_groups_mean_whom_they_say() -> None:
    assert eligibility(ALL, NO_MEMBERSHIP).eligible
    assert eligibility(SOME, IN).eligible
    assert eligibility(SOME, NO_MEMBERSHIP).why_not is WhyNot.NO_MEMBER


@pytest.mark.parametrize("settings", [ALL, SOME])
def test_an_exception_and_an_entry_that_is_gone_keep_people_out(
    settings: SelfService,
) -> None:
    out = eligibility(settings, Membership(group=STAFF, exception="CN=Kiosk"))
    assert out.why_not is WhyNot.EXCEPTION
    assert "CN=Kiosk" in str(out.reason)
    gone = eligibility(settings, Membership(group=STAFF, unknown="CN=Gone"))
    assert gone.why_not is WhyNot.UNKNOWN_ENTRY
    assert not gone.operations


def test_more_is_asked_of_two_proof_people() -> None:
    settings = SelfService(who="all", proofs=1, kinds=tuple(ProofKind)[:5])
    plain = eligibility(settings, NO_MEMBERSHIP)
    strict = eligibility(settings, Membership(two_proof="CN=Finance"))
    assert (plain.proofs, strict.proofs) == (1, 2)
    assert ProofKind.SMS in plain.kinds
    assert not {ProofKind.SMS, ProofKind.QUESTIONS} & set(strict.kinds)


@pytest.mark.parametrize("wished", ["anywhere", "networks", "code"])
def test_two_proof_people_register_their_first_method_with_a_code(wished: str) -> None:
    settings = SelfService.model_validate(
        {
            "who": "all",
            "registration": {"allowed_from": wished, "networks": ["192.0.2.0/24"]},
        }
    )
    assert eligibility(settings, NO_MEMBERSHIP).allowed_from == wished
    strict = eligibility(settings, Membership(two_proof="CN=Domain admins"))
    assert strict.allowed_from == "code"


def test_of_whom_it_is_not_known_as_much_is_asked_as_of_two_proof_people() -> None:
    """Who has a role signs in also where an entry of two_proof_groups is gone."""
    settings = SelfService(who="all", proofs=1, kinds=tuple(ProofKind)[:5])
    gone = eligibility(settings, Membership(help_desk="x", unknown="CN=Gone"))
    assert (gone.two_proof, gone.proofs, gone.allowed_from) == (True, 2, "code")
    assert gone.kinds
    assert not [kind for kind in gone.kinds if kind.is_weak]


def test_operations_are_those_that_are_on() -> None:
    settings = SelfService.model_validate(
        {"who": "all", "operations": {"change": False}}
    )
    may = eligibility(settings, NO_MEMBERSHIP)
    assert may.operations == {Operation.RESET, Operation.UNLOCK}
