"""The verdict beside the controller's word: each planted disagreement is found."""

import io
import json
import re
import tracemalloc
from collections.abc import Sequence

import pytest

from agent.acl.ace import Ace, AceType, UnknownAce
from agent.acl.descriptor import Acl, Control, SecurityDescriptor
from agent.acl.rights import USER, WRITE_DAC, WRITE_PROPERTY, Right
from agent.acl.sid import Sid
from agent.ldap.entry import Entry, RootDse
from wizard.cli.commands.proof import explained
from wizard.grants.grant_rows import proof_row
from wizard.permissions.grant import Grant
from wizard.permissions.proof import PROVABLE, Disagreement, Effect, Proof
from wizard.permissions.proof_file import ProofFile
from wizard.translation import say

DOMAIN = "S-1-5-21-1111111111-2222222222-3333333333"
AGENT, SOMEBODY = Sid.of(f"{DOMAIN}-1105"), Sid.of(f"{DOMAIN}-1106")
OWNER = Sid.of(f"{DOMAIN}-512")
TOKEN = frozenset({AGENT, Sid.of("S-1-1-0"), Sid.of("S-1-5-11")})
LOCKOUT = Grant(Right.WRITE_LOCKOUT_TIME).inherited_ace(AGENT)
PWD_LAST_SET = Grant(Right.WRITE_PWD_LAST_SET).inherited_ace(AGENT)
WRITES_DACL = Ace(AceType.ALLOWED, 0, WRITE_DAC, AGENT)
DENIES = Ace(
    AceType.DENIED_OBJECT, 0, WRITE_PROPERTY, AGENT, Right.WRITE_LOCKOUT_TIME.value.guid
)
UNKNOWN = UnknownAce(bytes((0x44, 0, 8, 0, 1, 2, 3, 4)))
GIVEN = {"lockoutTime", "pwdLastSet"}


def person(
    aces: Sequence[Ace | UnknownAce] | None,
    attributes: set[str] | None = None,
    parts: bytes | None = b"0",
    number: int = 1,
) -> Entry:
    """Somebody as a search finds them: their list, and what the controller says."""
    found = {
        "objectClass": (b"top", b"person", b"organizationalPerson", b"user"),
        "objectSid": (Sid.of(f"{DOMAIN}-{2000 + number}").raw,),
    }
    if aces is not None:
        control = int(Control.DACL_PRESENT | Control.SELF_RELATIVE)
        descriptor = SecurityDescriptor(control, OWNER, None, None, Acl(tuple(aces)))
        found["nTSecurityDescriptor"] = (descriptor.to_bytes(),)
    if attributes:
        told = sorted(attributes)
        found["allowedAttributesEffective"] = tuple(map(str.encode, told))
    if parts is not None:
        found["sDRightsEffective"] = (parts,)
    return Entry(f"CN=Anna Adler {number},OU=People,DC=corp,DC=test", found)


def compared(*people: Entry) -> tuple[Proof, list[Disagreement]]:
    proof = Proof(TOKEN)
    return proof, [differs for each in people for differs in proof.add(each)]


def test_where_both_say_the_same_it_is_proven() -> None:
    proof, differing = compared(person((LOCKOUT, PWD_LAST_SET), GIVEN), person(()))
    assert differing == []
    assert proof.proven
    assert dict(proof.agreed) == dict.fromkeys(PROVABLE, 2)
    assert proof_row(proof).state == "ok"


@pytest.mark.parametrize(
    ("aces", "attributes", "parts", "right", "held"),
    [
        # the verdict allows what the controller does not, and the other way
        ((LOCKOUT, PWD_LAST_SET), {"pwdLastSet"}, b"0", "WRITE_LOCKOUT_TIME", False),
        ((LOCKOUT,), GIVEN, b"0", "WRITE_PWD_LAST_SET", True),
        ((DENIES, LOCKOUT, PWD_LAST_SET), GIVEN, b"0", "WRITE_LOCKOUT_TIME", True),
        ((LOCKOUT, PWD_LAST_SET), GIVEN, b"4", "WRITE_DACL", True),
        ((LOCKOUT, PWD_LAST_SET, WRITES_DACL), GIVEN, b"0", "WRITE_DACL", False),
        ((LOCKOUT, PWD_LAST_SET), GIVEN, b"3", "WRITE_OWNER", True),
    ],
)
def test_a_planted_disagreement_is_found_and_no_other(
    aces: Sequence[Ace],
    attributes: set[str],
    parts: bytes,
    right: str,
    *,
    held: bool,
) -> None:
    agreeing = person((LOCKOUT, PWD_LAST_SET), GIVEN)
    proof, (differs,) = compared(agreeing, person(aces, attributes, parts), agreeing)
    assert (differs.right, differs.controller) == (Right[right], held)
    assert dict(proof.differing) == {(Right[right], held): 1}
    assert not proof.proven
    row = proof_row(proof)
    assert (row.state, "writeback permissions prove" in row.remedy) == ("failed", True)


def test_a_disagreement_is_explained_entry_by_entry() -> None:
    other = Ace(AceType.ALLOWED, 0, WRITE_PROPERTY, SOMEBODY)
    below = Grant(Right.WRITE_LOCKOUT_TIME).ace(AGENT)
    aces = (DENIES, LOCKOUT, PWD_LAST_SET, other, below)
    _, (differs,) = compared(person(aces, GIVEN))
    assert [effect for _, effect in differs.effects] == [
        Effect.DENIES,
        Effect.ALLOWS,
        Effect.OTHER_RIGHT,
        Effect.OTHER_TRUSTEE,
        Effect.INHERIT_ONLY,
    ]
    told = [say(line) for line in explained(differs)]
    assert told[0] == differs.dn
    assert "held by the controller, not held by the verdict" in told[1]
    assert told[2].startswith("    entry 1 denies it: ")
    assert told[2].endswith("<")
    assert told[3].startswith("    entry 2 allows it: ")
    assert told[4] == "    3 entries say nothing about it"


@pytest.mark.parametrize("aces", [None, (UNKNOWN, LOCKOUT)])
def test_what_the_verdict_leaves_open_the_controller_settles(
    aces: Sequence[Ace | UnknownAce] | None,
) -> None:
    """A hidden list, or an entry of an unknown kind: no disagreement, and no proof."""
    proof, differing = compared(person(aces, GIVEN))
    assert differing == []
    assert proof.settled[Right.WRITE_LOCKOUT_TIME] == 1
    assert not proof.agreed[Right.WRITE_LOCKOUT_TIME]


@pytest.mark.parametrize("parts", [None, b"no number"])
def test_of_whom_the_controller_tells_nothing_nothing_is_proven(
    parts: bytes | None,
) -> None:
    proof, differing = compared(person((LOCKOUT,), None, parts))
    assert (proof.untold, differing, proof.proven) == (1, [], False)


def test_what_may_be_written_beyond_the_task_is_counted() -> None:
    more = GIVEN | {"telephoneNumber", "\x1b[2J", "x" * 65}
    proof, _ = compared(person((LOCKOUT, PWD_LAST_SET), more))
    assert dict(proof.beyond) == {"telephoneNumber": 1}


def test_memory_does_not_grow_with_the_directory() -> None:
    proof = Proof(TOKEN)

    def look_at(count: int) -> int:
        tracemalloc.reset_peak()
        for number in range(count):
            entry = person((LOCKOUT,), GIVEN, number=number)
            for _ in proof.add(entry):
                pass
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    few = look_at(2_000)
    many = look_at(10_000)
    tracemalloc.stop()
    assert many < few + 200_000
    assert proof.differing[Right.WRITE_PWD_LAST_SET, True] == 12_000


def written(*people: Entry) -> list[dict[str, object]]:
    file, (proof, differing) = io.StringIO(), compared(*people)
    root = RootDse.of(Entry("", {"defaultNamingContext": (b"DC=corp,DC=test",)}))
    writer = ProofFile(file)
    writer.begin(root, TOKEN)
    for differs in differing:
        writer.add(differs)
    writer.end(proof)
    return [json.loads(line) for line in file.getvalue().splitlines()]


def test_the_file_to_send_in_holds_no_name() -> None:
    callback = Ace(
        AceType.ALLOWED_CALLBACK, 0, WRITE_PROPERTY, SOMEBODY, data=b"artx@corp.test"
    )
    lines = written(
        person((DENIES, callback, LOCKOUT), GIVEN), person((DENIES,), GIVEN, number=2)
    )
    text = json.dumps(lines)
    for name in ("corp", "Anna", "OU=", "1111111111", "2222222222", "3333333333"):
        assert name not in text
    for sid in (AGENT, SOMEBODY):
        rid = str(sid).rpartition("-")[2]
        assert not re.search(rf"\b{rid}\b", text)


def test_the_file_tells_the_same_for_the_same_and_all_that_the_walk_takes() -> None:
    head, first, *_, last = written(
        person((DENIES, LOCKOUT), GIVEN), person((LOCKOUT,), GIVEN, number=2)
    )
    token, entries = head["token"], first["entries"]
    assert isinstance(token, list)
    assert isinstance(entries, list)
    assert {"S-1-1-0", "S-1-5-11"} < set(token)
    (own,) = set(token) - {"S-1-1-0", "S-1-5-11"}
    assert Sid.of(own)  # of the form of a SID
    assert [each["trustee"] for each in entries] == [own, own]
    assert str(first["owner"]).endswith("-512")
    assert entries[0] == {
        "type": int(AceType.DENIED_OBJECT),
        "flags": 0,
        "mask": WRITE_PROPERTY,
        "trustee": own,
        "object_type": str(Right.WRITE_LOCKOUT_TIME.value.guid),
        "inherited_object_type": None,
        "effect": "DENIES",
        "bytes": len(DENIES.to_bytes()),
    }
    assert first["classes"] == [str(USER)]
    assert (first["verdict"], first["controller"]) == (False, True)
    differing = last["differing"]
    assert differing == {"WRITE_LOCKOUT_TIME held": 1, "WRITE_PWD_LAST_SET held": 2}
    # another file has other names
    assert written(person((), None))[0]["token"] != token
