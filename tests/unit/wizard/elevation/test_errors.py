"""An error is the same on the other side; one that nobody foresaw quotes nothing."""

import importlib
import json
import pkgutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
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
from agent.relay_client.errors import WrongProxyPassword
from agent.request.ledger import LedgerUnusable
from agent.verdict.attributes import AttributeUnreadable
from tests.unit.wizard.answered import CANARY
from wire import enrolment_link
from wire.enrolment_code import BadCode, Rule
from wire.enrolment_link import BadLink
from wire.failure import Failure, PlainFailure
from wire.keys import BadKeys
from wire.outcomes import Code, Refused
from wire.text import Text, verbatim
from wizard.checks.attempt import Failed
from wizard.cli.errors import BadUsage
from wizard.elevation import errors
from wizard.elevation.errors import (
    BadCall,
    NotAllowed,
    NotReached,
    Unexpected,
)
from wizard.enrolment.portal_client import SignInFailed
from wizard.enrolment.relay_client import RelayFailed
from wizard.errors import Busy, RecoveryNeeded
from wizard.flow.offers_file import OffersRefused
from wizard.host.detect import NoHost
from wizard.host.interface import ServiceFailed
from wizard.plan.change import (
    ApplyError,
    Change,
    NothingDone,
    StepFailed,
    Stuck,
)
from wizard.plan.journal import JournalDamaged

NOW = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
CHANGE = Change("keys", Text("Makes the keys"), None, {"names": ["a"]}, final=True)
CERTIFICATE = CertificateFacts("CN=a", "CN=b", ("a",), NOW, NOW, "4F:1A", trusted=False)
CLOSED = (Text("Closed"), Text("Open it"))
SAID = ("dc1.corp.test", Text("no such right"), Text("grant it"))
NO_LEDGER = sqlite3.OperationalError("disk I/O error")
NO_LEDGER.sqlite_errorcode = sqlite3.SQLITE_IOERR
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
    ApplyError(
        CHANGE, Text("No."), (CHANGE,), (Stuck(CHANGE, Text("moved")),), (CHANGE,)
    ),
    ApplyError(None, Text("Stopped."), (), ()),
    BadCall(Text("There is no such method.")),
    Busy("ada (process 7)", NOW),
    EnrolmentError("/etc/writeback/enrolment.json", Text("is no JSON")),
    Failed(*CLOSED, state="warning", more=Text("long"), field="relay.url"),
    JournalDamaged(Path("/var/lib/writeback/journal/1.open.jsonl"), 3),
    NoHost(),
    WrongProxyPassword(),
    NotAllowed(Text("This needs an administrator of this machine.")),
    NotReached(Text("Too much is asked at once."), Text("Try again in a minute.")),
    RecoveryNeeded(),
    PlainFailure("It moved.", "Look."),
    Refused(Code.SEVERAL_USERS, "two of them"),
    RelayFailed(401, "The relay refused.", "Take a new code."),
    SecretsUnavailable(Text("The folder can be read by others.")),
    ServiceFailed(Text("The agent ended.")),
    SignInFailed(Text("Refused."), Text("Ask them why."), reached=False),
    SettingsError("site.yaml", (Problem("agent", Text("is missing")),)),
    StepFailed(Text("It moved."), Text("Look.")),
    NothingDone(Text("It did not answer."), Text("Look.")),
    Unexpected("KeyError"),
    AttributeUnreadable("CN=ada", "pwdLastSet", Text("is missing")),
    BadCode(Rule.LENGTH, ", not 3"),
    BadLink(enrolment_link.Rule.FORM),
    BadKeys(Text("the stored keys are not private keys")),
    BadUsage(Text("Not a secret: x."), Text("Give a JSON object.")),
    OffersRefused(Text("Row 1 names no field of a page, or no source.")),
    LedgerUnusable(Path("ledger.sqlite"), NO_LEDGER),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_on_the_other_side(error: Exception) -> None:
    crossed = errors.read(json.loads(json.dumps(errors.spell(error))))
    assert type(crossed) is type(error)
    assert str(crossed) == str(error)
    assert vars(crossed) == vars(error)


def test_what_an_error_says_crosses_with_its_template() -> None:
    what = Text("{path} is no file.", path="/x")
    rest = replace(CHANGE, summary=Text("Stops {what}", what="it"))
    error = ApplyError(None, what, (), (Stuck(rest, what),), (rest,))
    crossed = errors.read(json.loads(json.dumps(errors.spell(error))))
    assert isinstance(crossed, ApplyError)
    for text in (crossed.reason, verbatim(crossed.what), crossed.stuck[0].reason):
        assert text.as_dict() == what.as_dict()
    for change in (crossed.stuck[0].change, *crossed.rest):
        assert change.summary.as_dict() == rest.summary.as_dict()


def test_a_window_of_before_reads_what_is_said_in_english() -> None:
    spelled = errors.spell(BadCall(Text("There is no such {what}.", what="method")))
    fields = spelled["fields"]
    assert fields["what"] == "There is no such method."
    assert fields["remedy"] == "Use the wizard and the agent of one version."


def test_each_kind_that_crosses_is_tried() -> None:
    for root in errors._PACKAGES:
        for each in pkgutil.walk_packages([root], f"{root}."):
            if ".pywin32_" not in each.name:  # of Windows alone
                importlib.import_module(each.name)
    assert {type(error) for error in ERRORS} == set(errors.crossing().values())


def test_no_two_kinds_that_cross_share_a_name() -> None:
    kinds = {
        kind
        for kind in errors._kinds_of(Failure)
        if kind.__module__.partition(".")[0] in errors._PACKAGES
        and kind.__name__ not in errors._NEVER_RAISED
    }
    assert set(errors.crossing().values()) == kinds


_INSTALLED = "detect.is_installed = lambda: True; import os; os.geteuid = lambda: 1000"


def test_who_asks_the_service_knows_every_kind_that_it_answers_with() -> None:
    listed = "from wizard.elevation.errors import crossing; print(*crossing())"
    # the controller is made once it is asked, and with it comes what it may raise
    made = "from wizard.__main__ import controller_for; controller_for(None)"
    program = f"from wizard.host import detect; {_INSTALLED}; {made}; {listed}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    own = {
        "BadUsage",
        "LedgerUnusable",
        "OffersRefused",
    }  # of a command, and of the agent itself
    assert set(done.stdout.split()) >= set(errors.crossing()) - own


def test_a_peer_sets_only_the_fields_that_a_kind_has() -> None:
    data = errors.spell(StepFailed(Text("It moved."), Text("Look.")))
    data["fields"] |= {"__class__": "x", "add_note": "x", "undone": "x"}
    crossed = errors.read(data)
    assert vars(crossed) == vars(StepFailed(Text("It moved."), Text("Look.")))


def test_an_error_of_a_version_without_its_fields_keeps_its_text() -> None:
    crossed = errors.read({"kind": "RecoveryNeeded", "text": "Cut off.", "fields": {}})
    assert isinstance(crossed, RecoveryNeeded)
    assert (str(crossed), crossed.what, crossed.remedy) == ("Cut off.", "Cut off.", "")


def test_what_errors_tell_by_their_fields_is_told_on_the_other_side() -> None:
    crossed = errors.read(errors.spell(ERRORS[3]))
    assert isinstance(crossed, SignInRefused)
    assert crossed.data == "52e"


class NeverHeardOf(BadCall):
    """A kind of ours that is not among those that cross."""


@pytest.mark.parametrize("error", [ValueError(CANARY), NeverHeardOf(verbatim(CANARY))])
def test_one_that_nobody_foresaw_crosses_by_its_kind(error: Exception) -> None:
    spelt = errors.spell(error)
    assert CANARY not in json.dumps(spelt)
    assert type(error).__name__ in str(errors.read(spelt))


def test_a_namesake_of_a_known_error_is_none() -> None:
    class StepFailed(Exception):
        pass

    assert errors.spell(StepFailed(CANARY))["kind"] == "Unexpected"


def test_fields_of_another_type_are_not_taken_for_known() -> None:
    error = StepFailed(Text("It moved."), Text("Look."))
    error.remedy = object()  # type: ignore[assignment]
    spelt = errors.spell(error)
    assert spelt["kind"] == "Unexpected"
