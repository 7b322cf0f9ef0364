"""Absent or hidden: what is not known to be readable is never taken as not set."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.acl.rights import USER
from agent.request.answer import Ended
from agent.request.entitlement import Entitled
from agent.request.judgment import judge as judge_stage
from agent.request.stages import Located
from agent.verdict.causes import Cause
from agent.verdict.effective_rights import READING, unreadable_attributes
from agent.verdict.judge import judge
from agent.verdict.verdict import State
from tests.fixtures.sddl_text import sids
from tests.unit.agent.verdict.test_judge import ACCOUNT, NOW, RIGHTS, SUBJECT, YES, raw
from wire.operation import Operation
from wire.outcomes import Code
from wire.text import Text

TOKEN = sids("AGENT", "AU")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("(A;;RP;;;AU)", set()),
        ("(OA;;RP;user;;AU)", set()),
        ("", set(READING)),
        ("(A;;WP;;;AU)", set(READING)),
        ("(OD;;RP;pso;;AGENT)(A;;RP;;;AU)", {"msDS-ResultantPSO"}),
        ("(OD;;RP;membership;;AGENT)(A;;RP;;;AU)", {"memberOf"}),
        ("(OD;;RP;restrictions;;AGENT)(A;;RP;;;AU)", {"accountExpires"}),
        ("(OA;;RP;restrictions;;AGENT)", set(READING) - {"accountExpires"}),
        ("(XD;;RP;;;AU)(A;;RP;;;AU)", set(READING)),
        ("(A;;RP;;;DA)", set(READING)),
    ],
)
def test_the_right_to_read_is_decided_as_any_other(text: str, hidden: set[str]) -> None:
    assert unreadable_attributes(raw(text), TOKEN, frozenset({USER})) == hidden


@pytest.mark.parametrize("bytes_", [None, b"\x01no descriptor"])
def test_without_permissions_to_look_at_nothing_is_known(bytes_: bytes | None) -> None:
    assert unreadable_attributes(bytes_, TOKEN, frozenset({USER})) == set(READING)


@pytest.mark.parametrize("name", ["primaryGroupID", "memberOf", "accountExpires"])
def test_what_may_be_hidden_leaves_everything_unknown(name: str) -> None:
    got = judge(replace(SUBJECT, unseen=frozenset({name})))

    for answer in (got.reset, got.change, got.unlock, got.must_change):
        assert (answer.state, answer.cause) == (State.UNKNOWN, Cause.HIDDEN)
        assert name in answer.shown_by
        assert answer.remedy


def test_an_admin_count_counts_only_where_inheritance_is_off() -> None:
    unseen = replace(SUBJECT, unseen=frozenset({"adminCount"}))
    off = replace(unseen, descriptor=raw(RIGHTS, protected=True))

    assert judge(unseen).reset == YES
    answer = judge(off).reset
    assert (answer.state, answer.cause) == (State.UNKNOWN, Cause.HIDDEN)
    assert "adminCount" in answer.shown_by


@pytest.mark.parametrize("bytes_", [None, b"\x01no descriptor"])
def test_a_mark_protects_where_the_permissions_say_nothing(
    bytes_: bytes | None,
) -> None:
    marked = replace(ACCOUNT, admin_count=True)
    subject = replace(SUBJECT, account=marked, descriptor=bytes_)
    nothing = cast("Any", None)  # neither the directory nor the ledger is asked
    asked = cast("Any", SimpleNamespace(op=Operation.RESET))

    with pytest.raises(Ended) as ended:
        judge_stage(Entitled(Located(asked, nothing, nothing, subject)), nothing)
    assert ended.value.answer.code is Code.PROTECTED_ACCOUNT


def test_what_is_certain_is_said_whatever_is_hidden() -> None:
    unseen = replace(SUBJECT, unseen=frozenset(READING))
    disabled = replace(unseen, account=replace(ACCOUNT, flags=0x202))
    denied = replace(unseen, descriptor=raw("(OD;;CR;reset;;AGENT)"))

    assert judge(disabled).reset.cause is Cause.DISABLED
    assert judge(denied).reset.cause is Cause.DENIED


def test_a_lock_that_may_be_hidden_leaves_a_change_unknown() -> None:
    hidden = replace(SUBJECT, unseen=frozenset({"lockoutTime"}))
    computed = replace(hidden, account=replace(ACCOUNT, computed=0))

    answer = judge(hidden).change
    assert (answer.state, answer.cause) == (State.UNKNOWN, Cause.HIDDEN)
    assert "lockoutTime" in answer.shown_by
    assert judge(hidden).reset == YES
    assert judge(computed).change == YES


def test_a_lock_without_a_policy_has_an_end_that_nobody_knows() -> None:
    account = replace(ACCOUNT, lockout_time=NOW, pwd_last_set=None)
    locked = replace(
        SUBJECT, account=account, policy=None, unreadable=Text("PSO hidden")
    )

    answer = judge(locked).change
    assert (answer.state, answer.shown_by) == (State.UNKNOWN, "PSO hidden")


@pytest.mark.parametrize("who", ["WD", "PS"])
def test_a_deny_with_a_condition_is_not_guessed(who: str) -> None:
    condition = raw(f"(XD;;CR;;;{who})(OA;;CR;change;;AGENT){RIGHTS}")
    subject = replace(SUBJECT, agent_sids=sids("AGENT"), descriptor=condition)

    answer = judge(subject).change
    assert (answer.state, answer.cause) == (State.UNKNOWN, Cause.UNDECIDED)
    assert "under a condition" in answer.shown_by
    assert "Clear" not in answer.remedy
