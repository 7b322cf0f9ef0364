"""Whether what was proven in a visit is enough."""

from dataclasses import replace

import pytest

from portal.journeys.policy import SelfServicePolicy
from portal.journeys.visit import (
    Entitled,
    Missing,
    TakenMethod,
    Visit,
    VisitPurpose,
    entitled,
    next_kinds,
)
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind

NOW = 1_800_000_000
POLICY = SelfServicePolicy(
    eligible=True,
    operations=frozenset({Operation.RESET, Operation.UNLOCK, Operation.CHANGE}),
    proofs=2,
    kinds=(ProofKind.TOTP, ProofKind.EMAIL, ProofKind.PASSKEY),
    passkey_alone=True,
)
VISIT = Visit(
    id="v",
    reference="r",
    purpose=VisitPurpose.FORGOTTEN,
    name_digest="n",
    domain="contoso",
    agent="f",
    guid="g",
    asked=POLICY,
    locked=False,
    looked_up=float(NOW),
    known_browser=False,
    address="192.0.2.1",
    started=float(NOW),
    ends=float(NOW + 900),
    closed=None,
)
APP = TakenMethod(
    proof="1",
    kind=ProofKind.TOTP,
    digest="a",
    registered=NOW - 99,
    confirmed=None,
    user_verified=False,
    at=NOW + 10,
)
MAIL = replace(APP, proof="2", kind=ProofKind.EMAIL, digest="b")
PASSKEY = replace(
    APP, proof="3", kind=ProofKind.PASSKEY, digest="c", user_verified=True
)


def test_two_kinds_are_enough() -> None:
    found = entitled(VISIT, (APP, MAIL), NOW + 20)
    assert isinstance(found, Entitled)
    assert found.methods == (APP, MAIL)
    assert found.operations == {Operation.RESET, Operation.UNLOCK}


def test_a_verified_passkey_is_enough() -> None:
    assert isinstance(entitled(VISIT, (PASSKEY,), NOW + 20), Entitled)


@pytest.mark.parametrize(
    ("visit", "taken", "now"),
    [
        (VISIT, (), NOW + 20),
        (VISIT, (APP,), NOW + 20),
        (VISIT, (APP, replace(APP, proof="9", digest="z")), NOW + 20),
        (VISIT, (APP, replace(MAIL, digest="a")), NOW + 20),
        (VISIT, (replace(PASSKEY, user_verified=False),), NOW + 20),
        (VISIT, (APP, replace(MAIL, kind=ProofKind.SMS)), NOW + 20),
        (VISIT, (APP, replace(MAIL, at=NOW - 10)), NOW + 20),
        (VISIT, (APP, MAIL), NOW + 900),
        (replace(VISIT, closed=NOW + 15.0), (APP, MAIL), NOW + 20),
        (replace(VISIT, guid=None), (APP, MAIL), NOW + 20),
        (replace(VISIT, asked=None), (APP, MAIL), NOW + 20),
        (replace(VISIT, agent=None), (APP, MAIL), NOW + 20),
    ],
)
def test_nothing_less_is(
    visit: Visit, taken: tuple[TakenMethod, ...], now: float
) -> None:
    assert isinstance(entitled(visit, taken, now), Missing)


def test_a_kind_that_was_used_is_not_offered_again() -> None:
    assert next_kinds(VISIT, (APP,)) == (ProofKind.EMAIL, ProofKind.PASSKEY)


@pytest.mark.parametrize(
    ("taken", "is_offered"),
    [((), False), ((MAIL,), False), ((APP,), True), ((MAIL, APP), True)],
)
def test_questions_come_after_something_that_one_has(
    taken: tuple[TakenMethod, ...], *, is_offered: bool
) -> None:
    kinds = (*POLICY.kinds, ProofKind.QUESTIONS)
    visit = replace(VISIT, asked=POLICY.model_copy(update={"kinds": kinds}))
    assert (ProofKind.QUESTIONS in next_kinds(visit, taken)) is is_offered


def test_questions_are_not_enough_with_mail_nor_alone() -> None:
    kinds = (*POLICY.kinds, ProofKind.QUESTIONS)
    visit = replace(VISIT, asked=POLICY.model_copy(update={"kinds": kinds}))
    answers = replace(APP, proof="4", kind=ProofKind.QUESTIONS, digest="d")
    assert entitled(visit, (answers, MAIL), NOW + 20) == Missing(1, 2)
    assert entitled(visit, (answers,), NOW + 20) == Missing(0, 2)
    assert isinstance(entitled(visit, (answers, APP), NOW + 20), Entitled)
