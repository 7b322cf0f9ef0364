"""The documents name tests that are there, and say what the code does."""

import re
from pathlib import Path

import pytest
from joserfc.jwe import JWERegistry
from joserfc.jws import JWSRegistry

from agent.request.answer import Answer, Step
from docs.portal_client import MAX_BYTES
from wire import messages
from wire.outcomes import OUTCOMES, Code
from wire.request_claims import MAX_PASSWORD_UNITS, Claims

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")])
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_tests_that_exist(document: Path) -> None:
    for file, name in _TEST.findall(document.read_text("utf-8")):
        source = (ROOT / file).read_text("utf-8")
        assert not name or f"def {name}(" in source, f"{file}::{name}"


_ROOMS = "agent|docs|installer|lab|resources|relay|tests|wire|wizard"
_PATH = re.compile(rf"`((?:{_ROOMS})/[\w./-]*)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_files_that_exist(document: Path) -> None:
    named = [
        path
        for path in _PATH.findall(document.read_text("utf-8"))
        if not re.search(r"/x\b", path)  # `x` stands for what is to be added
    ]

    assert not [path for path in named if not (ROOT / path).exists()]


def test_the_verdicts_causes_are_all_documented() -> None:
    from agent.verdict.causes import Cause

    documented = (ROOT / "docs/verdict.md").read_text("utf-8")
    missing = [
        c for c in Cause if c is not Cause.NONE and f"`{c.value}`" not in documented
    ]

    assert not missing


def test_the_wire_lists_every_code_as_the_catalogue_has_it() -> None:
    text = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for code, outcome in OUTCOMES.items():
        row = f"| `{code}` | {outcome.event} | {outcome.admin} |"
        assert row in rows


# Microsoft's list of events and codes for password writeback: the source
# PasswordResetService, the sync engine, RPC and what a user is shown
EVENTS = (
    *range(31001, 31020),
    *(31034, 31044),
    *range(32000, 32006),
    *range(32007, 32012),
    *range(32013, 32016),
    *range(33001, 33010),
    *(6306, 6329, 6800, 611, 656, 657, 1011, 1012, 1014, 4724),
    *(5, 6, 14, 1127, 1130, 1331, 1450, 1722, 1723, 1726, 1727, 1753, 1818, 1825),
    *(8333, 8420, 8439, 8446, 8451, 8453, 8456, 8465),
)
CODES = (
    *("0x80230619", "0x8023061f", "0x80230402", "0x8023062C", "0x800700CE"),
    *("0x6ba", "0x5"),
    *(f"SSPR_{number:04}" for number in (9, 10, 11, 12, 13, 14, 29, 30)),
    *("OnPremisesSuccessCloudFailure", "FuzzyPolicyViolation"),
)


def test_every_cause_of_microsofts_is_in_a_table() -> None:
    text = (ROOT / "docs/verdict.md").read_text("utf-8")
    listed = text[text.index("## Microsoft's own list") :]
    documented = {
        word
        for line in listed.splitlines()
        if line.startswith("|")
        for word in named(line.split("|")[1])
    }

    assert not [each for each in (*map(str, EVENTS), *CODES) if each not in documented]


def named(cell: str) -> set[str]:
    """Give the words of a cell, with the numbers of its ranges."""
    words = set(re.findall(r"\w+", cell))
    for first, last in re.findall(r"(\d{5}) to (\d{5})", cell):
        words |= set(map(str, range(int(first), int(last) + 1)))
    return words


def test_every_row_of_microsofts_has_a_test_or_says_why_not() -> None:
    text = (ROOT / "docs/verdict.md").read_text("utf-8")
    listed = text[text.index("## Microsoft's own list") :]
    lines = [line for line in listed.splitlines() if line.startswith("|")]
    rows = [line.split("|")[1:-1] for line in lines]
    bare = [row for row in rows if row[-1].strip() == "\N{EN DASH}"]

    assert len(rows) > 70
    assert {len(row) for row in rows} == {4}
    assert {row[1].strip() for row in bare} == {"cannot happen", "the cloud's"}


def test_the_wire_lists_every_claim_of_a_request_and_an_answer() -> None:
    text = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
    request, answer = text.index("## A request"), text.index("## An answer")
    asked = text[request:answer]
    missing = [name for name in Claims.model_fields if f"`{name}`" not in asked]
    steps = (Step("password", "done"),)
    more = ({"a": 1},) * 5  # policy, verdict, person, self_service, state
    full = Answer(
        Code.OK, "d", "r", "m", steps, "dc1", "2026", *more, "s", "r", {"a": 1}
    )
    told = text[answer : text.index("## Codes")]
    missing += [name for name in full.as_dict("id") if f"`{name}`" not in told]
    assert not missing


def test_the_wire_says_the_limits_that_hold() -> None:
    text = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
    for said in (
        f"a request {messages.MAX_TOKEN_BYTES // 1024} KiB",
        f"an answer {MAX_BYTES // 1024} KiB",
        f"`exp` at most {messages.MAX_LIFETIME_S} s ahead",
        f"{messages.CLOCK_LEEWAY_S} s are allowed",
        f"1 to {MAX_PASSWORD_UNITS} UTF-16 code units",
        f"the header of a JWS {JWSRegistry.max_header_length} characters",
        f"of a JWE {JWERegistry.max_protected_header_length}",
    ):
        assert said in text
