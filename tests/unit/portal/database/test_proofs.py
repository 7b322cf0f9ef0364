"""Verification methods: sealed for their rows, steps taken once, codes used once."""

from base64 import b64encode

import pytest
from sqlalchemy import Connection, select, update

from portal.database import proofs
from portal.database.proofs import NewMethod, Proofs
from portal.database.schema import PROOF
from portal.keys.row_keys import RowKeys
from tests.unit.portal.database.conftest import GUID
from wire.secret import Secret
from wire.self_service.proof_kind import ProofKind

APP = NewMethod(GUID, ProofKind.TOTP, "My phone", "JBSWY3DPEHPK3PXP", counter=7)


@pytest.fixture
def methods() -> Proofs:
    return Proofs(RowKeys.of(Secret(b64encode(b"k" * 32).decode())))


def test_a_method_is_sealed_and_read(connection: Connection, methods: Proofs) -> None:
    own_id = methods.add(connection, APP, 5)
    (read,) = methods.of_person(connection, GUID)
    assert (read.id, read.secret, read.counter) == (own_id, APP.secret, 7)
    assert read.wire_id == APP.wire_id
    assert methods.of_person(connection, None) == ()
    kept = connection.scalar(select(PROOF.c.secret))
    assert kept is not None
    assert APP.secret.encode() not in kept
    assert APP.secret not in repr(read)


def test_a_secret_of_another_row_is_none(
    connection: Connection, methods: Proofs
) -> None:
    first = methods.add(connection, APP, 5)
    other = NewMethod(GUID, ProofKind.EMAIL, "", "thief@example.org")
    second = methods.add(connection, other, 6)
    moved = select(PROOF.c.secret).where(PROOF.c.id == second).scalar_subquery()
    connection.execute(update(PROOF).where(PROOF.c.id == first).values(secret=moved))
    assert [each.id for each in methods.of_person(connection, GUID)] == [second]


def test_a_step_never_comes_again(connection: Connection, methods: Proofs) -> None:
    own_id = methods.add(connection, APP, 5)
    took = [proofs.advance(connection, own_id, step, 9) for step in (7, 8, 8, 3, 9)]
    assert took == [False, True, False, False, True]
    (read,) = methods.of_person(connection, GUID)
    assert (read.counter, read.used) == (9, 9)


def test_a_recovery_code_is_used_once(connection: Connection, methods: Proofs) -> None:
    kept = NewMethod(GUID, ProofKind.RECOVERY_CODE, "", "")
    own_id = methods.add(connection, kept, 5)
    proofs.add_recovery_codes(connection, own_id, ("one", "two"))
    use = proofs.use_recovery_code
    tries = ((own_id, "one"), (own_id, "one"), ("another", "two"), (own_id, "three"))
    took = [use(connection, proof, digest, 9) for proof, digest in tries]
    assert took == [True, False, False, False]
    assert proofs.recovery_codes_left(connection, own_id) == 1


def test_nobody_removes_what_is_not_theirs(
    connection: Connection, methods: Proofs
) -> None:
    own_id = methods.add(connection, APP, 5)
    assert not proofs.remove(connection, "somebody else", own_id)
    assert proofs.remove(connection, GUID, own_id)
    assert methods.of_person(connection, GUID) == ()
