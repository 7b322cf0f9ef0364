"""An error is the same on the other side; one that nobody foresaw quotes nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.config.enrolment import EnrolmentError
from agent.config.errors import Problem, SettingsError
from agent.config.secret_store import SecretsUnavailable
from agent.ldap.certificates import CertificateFacts
from agent.ldap.errors import (
    AlreadyThere,
    ConstraintViolation,
    Denied,
    DirectoryError,
    NoSuchObject,
    SignInRefused,
    TimedOut,
    Unreachable,
    Untrusted,
)
from tests.unit.wizard.answered import CANARY
from wire.outcomes import Code, Refused
from wizard.checks.attempt import Failed
from wizard.elevation import errors
from wizard.elevation.errors import (
    KNOWN,
    BadCall,
    NotAllowed,
    NotReached,
    Unexpected,
)
from wizard.enrolment.relay_client import RelayFailed
from wizard.errors import Busy, RecoveryNeeded
from wizard.host.detect import NoHost
from wizard.host.interface import ServiceFailed
from wizard.plan.change import ApplyError, Change, StepFailed, Stuck
from wizard.plan.journal import JournalDamaged

NOW = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
CHANGE = Change("keys", "Makes the keys", None, {"names": ["a"]}, final=True)
CERTIFICATE = CertificateFacts("CN=a", "CN=b", ("a",), NOW, NOW, "4F:1A", trusted=False)
SAID = ("dc1.corp.test", "no such right", "grant it")
ERRORS = (
    DirectoryError(*SAID, 53, "0000052D: Constraint"),
    Unreachable(*SAID),
    Untrusted("dc1.corp.test", "the chain ends", (CERTIFICATE,)),
    SignInRefused(*SAID, 49, "80090308: data 52e, v4f7c"),
    Denied(*SAID, 50),
    NoSuchObject(*SAID, 32),
    AlreadyThere(*SAID, 68),
    ConstraintViolation(*SAID, 19, "0000052D: SvcErr"),
    TimedOut(*SAID, waited=True),
    ApplyError(CHANGE, "No.", (CHANGE,), (Stuck(CHANGE, "moved"),), (CHANGE,)),
    ApplyError(None, "Stopped.", (), ()),
    BadCall("There is no such method."),
    Busy("ada (process 7)", NOW),
    EnrolmentError("/etc/writeback/enrolment.json", "is no JSON"),
    Failed("Closed", "Open it", state="warning", more="long", field="relay.url"),
    JournalDamaged(Path("/var/lib/writeback/journal/1.open.jsonl"), 3),
    NoHost(),
    NotAllowed("This needs an administrator of this machine."),
    NotReached("Too much is asked at once.", "Try again in a minute."),
    RecoveryNeeded(),
    Refused(Code.SEVERAL_USERS, "two of them"),
    RelayFailed(401, "The relay refused.", "Take a new code."),
    SecretsUnavailable("The folder can be read by others."),
    ServiceFailed("The agent ended."),
    SettingsError("site.yaml", (Problem("agent", "is missing"),)),
    StepFailed("It moved.", "Look."),
    Unexpected("KeyError"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_on_the_other_side(error: Exception) -> None:
    crossed = errors.read(json.loads(json.dumps(errors.spell(error))))
    assert type(crossed) is type(error)
    assert str(crossed) == str(error)
    assert vars(crossed) == vars(error)


def test_each_kind_that_crosses_is_tried() -> None:
    assert {type(error) for error in ERRORS} == set(KNOWN.values())


def test_what_errors_tell_by_their_fields_is_told_on_the_other_side() -> None:
    crossed = errors.read(errors.spell(ERRORS[3]))
    assert isinstance(crossed, SignInRefused)
    assert crossed.data == "52e"


class NeverHeardOf(BadCall):
    """A kind of ours that is not among those that cross."""


@pytest.mark.parametrize("error", [ValueError(CANARY), NeverHeardOf(CANARY)])
def test_one_that_nobody_foresaw_crosses_by_its_kind(error: Exception) -> None:
    spelt = errors.spell(error)
    assert CANARY not in json.dumps(spelt)
    assert type(error).__name__ in str(errors.read(spelt))


def test_a_namesake_of_a_known_error_is_none() -> None:
    class StepFailed(Exception):  # noqa: N818
        pass

    assert errors.spell(StepFailed(CANARY))["kind"] == "Unexpected"


def test_fields_of_another_type_are_not_taken_for_known() -> None:
    error = StepFailed("It moved.", "Look.")
    error.remedy = object()  # type: ignore[assignment]
    spelt = errors.spell(error)
    assert spelt["kind"] == "Unexpected"
