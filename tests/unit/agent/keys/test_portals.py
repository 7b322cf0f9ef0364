"""A portal takes new keys without a gap, and nobody takes them in its place."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from agent.audit.event import EventId
from agent.keys import succession_file
from agent.keys.portals import Note, Portals
from tests.unit.agent.keys.portal_orders import AGENT_ID, ISSUER, order
from wire import jose
from wire.keys import PrivateKeys, new_key
from wire.messages import Portal
from wire.outcomes import Code, Refused
from wire.portal_statement import PortalStatement
from wire.succession import KIND, TRANSITION_S

FIRST, SECOND, THIRD = (PrivateKeys.generate() for _ in range(3))
TESTER, STRANGER = PrivateKeys.generate(), PrivateKeys.generate()
START = 1_790_000_000.0


class Clock:
    """A clock that is set by hand."""

    now = START


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "succession.json"


def portals_of(
    path: Path,
    enrolled: PrivateKeys = FIRST,
    note: Note = lambda _event, _what: None,
) -> Portals:
    return Portals(
        path,
        AGENT_ID,
        Portal(ISSUER, enrolled.public),
        Portal("urn:test", TESTER.public),
        note,
    )


def kid(keys: PrivateKeys) -> str:
    return str(keys.signing.thumbprint())


def known(portals: Portals) -> set[str]:
    return set(portals.by_kid()) - {kid(TESTER)}


def refused(portals: Portals, token: bytes) -> Code:
    before = portals.by_kid()
    with pytest.raises(Refused) as caught:
        portals.succeed(token)
    assert portals.by_kid() == before
    return caught.value.code


def test_both_keys_are_good_until_the_first_request_by_the_new_one(
    path: Path, clock: Clock
) -> None:
    portals = portals_of(path)
    age = portals.succeed(order(FIRST, SECOND))
    assert age.fingerprint == SECOND.public.fingerprint
    assert age.former == FIRST.public.fingerprint
    assert age.former_until == START + TRANSITION_S
    assert known(portals) == {kid(FIRST), kid(SECOND)}
    portals.used(portals.by_kid()[kid(FIRST)])
    portals.used(portals.by_kid()[kid(TESTER)])
    assert known(portals) == {kid(FIRST), kid(SECOND)}
    portals.used(portals.by_kid()[kid(SECOND)])
    assert known(portals) == {kid(SECOND)}
    assert portals.age().former is None


def test_the_old_key_is_good_for_seven_days_at_most(path: Path, clock: Clock) -> None:
    portals = portals_of(path)
    portals.succeed(order(FIRST, SECOND))
    clock.now += TRANSITION_S - 1
    portals.tend()
    assert known(portals) == {kid(FIRST), kid(SECOND)}
    clock.now += 1
    portals.tend()
    assert known(portals) == {kid(SECOND)}
    # also where a clock is set back
    clock.now -= 60
    assert known(portals_of(path)) == {kid(SECOND)}


def test_it_is_kept_over_a_restart(path: Path, clock: Clock) -> None:
    portals = portals_of(path)
    portals.succeed(order(FIRST, SECOND))
    assert known(portals_of(path)) == {kid(FIRST), kid(SECOND)}
    portals.used(portals.by_kid()[kid(SECOND)])
    assert known(portals_of(path)) == {kid(SECOND)}


def test_both_processes_of_a_hand_over_know_it(path: Path, clock: Clock) -> None:
    before, successor = portals_of(path), portals_of(path)
    before.succeed(order(FIRST, SECOND))
    assert known(successor) == {kid(FIRST), kid(SECOND)}
    successor.used(successor.by_kid()[kid(SECOND)])
    assert known(before) == {kid(SECOND)}


def test_keys_follow_each_other(path: Path, clock: Clock) -> None:
    portals = portals_of(path)
    portals.succeed(order(FIRST, SECOND))
    clock.now += 1
    portals.succeed(order(SECOND, THIRD))
    assert known(portals) == {kid(SECOND), kid(THIRD)}
    assert known(portals_of(path)) == {kid(SECOND), kid(THIRD)}


def test_a_portal_replaces_its_sealing_key_alone(path: Path, clock: Clock) -> None:
    portals = portals_of(path)
    resealed = PrivateKeys(FIRST.signing, new_key())
    portals.succeed(order(FIRST, resealed))
    party = portals.by_kid()[kid(FIRST)]
    assert party.keys.sealing.thumbprint() == resealed.sealing.thumbprint()


def test_the_same_order_again_changes_nothing(path: Path, clock: Clock) -> None:
    portals = portals_of(path)
    token = order(FIRST, SECOND)
    first = portals.succeed(token)
    clock.now += 60
    assert portals.succeed(token) == first
    assert len(json.loads(path.read_text())["successions"]) == 1


def test_another_order_of_the_same_keys_changes_nothing(
    path: Path, clock: Clock
) -> None:
    """A portal that got no answer, and made a new order."""
    portals = portals_of(path)
    first = portals.succeed(order(FIRST, SECOND))
    clock.now += 60
    assert portals.succeed(order(FIRST, SECOND)) == first
    assert len(json.loads(path.read_text())["successions"]) == 1
    assert refused(portals, order(FIRST, SECOND, aud="agent-2")) is Code.FORGED_REQUEST
    portals.used(portals.by_kid()[kid(SECOND)])
    assert refused(portals, order(FIRST, SECOND)) is Code.FORGED_REQUEST


def test_an_older_order_does_not_bring_keys_back(path: Path, clock: Clock) -> None:
    """A relay that kept an order, of a portal that went back to its first keys."""
    portals = portals_of(path)
    kept = order(FIRST, SECOND)
    portals.succeed(kept)
    clock.now += 1
    portals.succeed(order(SECOND, FIRST))
    assert refused(portals, kept) is Code.REPLAYED_REQUEST
    assert portals.age().fingerprint == FIRST.public.fingerprint


@pytest.mark.parametrize("signer", [STRANGER, TESTER, SECOND])
def test_nobody_else_orders(path: Path, clock: Clock, signer: PrivateKeys) -> None:
    assert refused(portals_of(path), order(signer, SECOND)) is Code.FORGED_REQUEST


def test_the_old_key_orders_no_more(path: Path, clock: Clock) -> None:
    portals = portals_of(path)
    portals.succeed(order(FIRST, SECOND))
    clock.now += 1
    assert refused(portals, order(FIRST, STRANGER)) is Code.FORGED_REQUEST


@pytest.mark.parametrize(
    ("late", "code"),
    [(-31, Code.EXPIRED_REQUEST), (TRANSITION_S + 1, Code.EXPIRED_REQUEST)],
)
def test_an_order_has_its_time(
    path: Path, clock: Clock, late: float, code: Code
) -> None:
    token = order(FIRST, SECOND)
    clock.now += late
    assert refused(portals_of(path), token) is code


def test_an_order_is_for_one_agent(path: Path, clock: Clock) -> None:
    token = order(FIRST, SECOND, aud="agent-2")
    assert refused(portals_of(path), token) is Code.FORGED_REQUEST


def test_a_portal_stays_who_it_is(path: Path, clock: Clock) -> None:
    token = order(FIRST, SECOND, issuer="https://other.corp.test")
    assert refused(portals_of(path), token) is Code.FORGED_REQUEST


def signed(changes: dict[str, Any]) -> bytes:
    now = int(time.time())
    statement = PortalStatement.sign(ISSUER, SECOND, now)
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AGENT_ID,
        "iat": now,
        "exp": now + 60,
        "jti": "0123456789abcdef",
        "keys": SECOND.public.jwks(),
        "proof": statement.token,
    }
    return jose.sign(claims | changes, FIRST, KIND)


def test_a_relay_adds_nothing_to_an_order(path: Path, clock: Clock) -> None:
    assert portals_of(path).succeed(signed({"more": 1})).former is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": STRANGER.public.jwks()},
        {"keys": []},
        {"keys": [{"kty": "oct", "k": "x", "use": "sig"}]},
        {"keys": "x"},
        {"proof": ""},
        {"proof": "a.b.c"},
        {"proof": 7},
        {"proof": "x" * 9000},
        {"iat": "now"},
        {"exp": None},
        {"exp": 1e300},
        {"jti": "short"},
        {"iss": 1},
        {"aud": [AGENT_ID]},
        {"v": 2},
    ],
)
def test_an_order_of_another_form_is_refused(
    path: Path, clock: Clock, changes: dict[str, Any]
) -> None:
    refused(portals_of(path), signed(changes))


def test_new_keys_that_prove_nothing_are_refused(path: Path, clock: Clock) -> None:
    """The old key alone orders keys that nobody holds, or that are another's."""
    statement = PortalStatement.sign(ISSUER, SECOND, int(START)).token
    head, payload, _ = statement.split(".")
    other = jose.sign({"iss": ISSUER}, STRANGER, "writeback-portal+jwt").decode()
    stolen = ".".join((head, payload, other.split(".")[2]))
    assert refused(portals_of(path), signed({"proof": stolen})) is Code.FORGED_REQUEST


@pytest.mark.parametrize(
    "token", [b"", b"x", b"a.b.c", b"\xff" * 40, b"." * 40_000, b"x" * 20_000]
)
def test_what_is_no_order_is_refused(path: Path, clock: Clock, token: bytes) -> None:
    refused(portals_of(path), token)


def test_another_portal_of_a_new_enrolment_is_not_replaced(
    path: Path, clock: Clock
) -> None:
    portals_of(path).succeed(order(FIRST, SECOND))
    assert known(portals_of(path, THIRD)) == {kid(THIRD)}


def test_an_enrolment_that_has_the_new_keys_goes_on_with_them(
    path: Path, clock: Clock
) -> None:
    portals = portals_of(path)
    portals.succeed(order(FIRST, SECOND))
    portals.used(portals.by_kid()[kid(SECOND)])
    assert known(portals_of(path, SECOND)) == {kid(SECOND)}


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "[]", "{}", '{"successions": 1}', '{"successions": [1]}'),
        '{"successions": [{"token": "a.b.c", "at": 1, "used": false}]}',
        '{"successions": [{"token": "é", "at": 1, "used": false}]}',
        '{"successions": [{"token": "x", "at": "soon", "used": 1}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_that_of_the_enrolment(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert known(portals_of(path)) == {kid(FIRST)}


def test_nobody_is_written_into_the_file(path: Path, clock: Clock) -> None:
    """Who may write the file alone names no portal of their own."""
    portals = portals_of(path)
    forged = order(STRANGER, STRANGER).decode("ascii")
    succession_file.write(path, [succession_file.Taken(forged, int(START))])
    assert known(portals) == {kid(FIRST)}
    assert known(portals_of(path)) == {kid(FIRST)}


def test_what_can_not_be_kept_is_not_taken(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    portals = portals_of(path)
    token = order(FIRST, SECOND)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(succession_file, "write_atomically", full)
        with pytest.raises(OSError, match="No space"):
            portals.succeed(token)
    assert known(portals) == {kid(FIRST)}
    portals.succeed(token)
    assert known(portals) == {kid(FIRST), kid(SECOND)}


def test_each_change_is_an_event_once(path: Path, clock: Clock) -> None:
    noted: list[tuple[EventId, str]] = []
    portals = portals_of(path, note=lambda event, what: noted.append((event, what)))
    token = order(FIRST, SECOND)
    for _ in range(2):
        portals.succeed(token)
    assert [event for event, _ in noted] == [EventId.PORTAL_KEYS_TAKEN]
    assert SECOND.public.fingerprint in noted[0][1]
    for _ in range(2):
        portals.used(Portal(ISSUER, SECOND.public))
    assert [event for event, _ in noted[1:]] == [EventId.PORTAL_KEYS_ENDED]
    portals.tend()
    assert len(noted) == 2
