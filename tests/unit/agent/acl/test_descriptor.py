"""The descriptor parser: exact, bounded, and honest about what it does not know."""

import struct
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.acl import ace as aces
from agent.acl.ace import Ace, UnknownAce, read_ace
from agent.acl.descriptor import (
    _PARTS,
    Acl,
    Control,
    SecurityDescriptor,
    add_ace,
    has_ace,
    parse,
    remove_ace,
)
from agent.acl.errors import DescriptorError
from agent.acl.sddl import sddl
from agent.acl.sid import Sid
from tests.fixtures.sddl_text import ace, descriptor, sid

RECORDED = sorted((Path(__file__).parents[3] / "data/descriptors").glob("*.hex"))
EVERYONE = bytes.fromhex("010100000000000100000000")
ADMINISTRATORS = bytes.fromhex("01020000000000052000000020020000")

sids = st.builds(
    lambda authority, subs: Sid(
        bytes((1, len(subs)))
        + authority.to_bytes(6, "big")
        + struct.pack(f"<{len(subs)}I", *subs)
    ),
    st.integers(0, (1 << 48) - 1),
    st.lists(st.integers(0, 0xFFFFFFFF), max_size=15),
)
padding = st.integers(0, 6).flatmap(lambda n: st.binary(min_size=4 * n, max_size=4 * n))
bytes_1 = st.integers(0, 255)
masks = st.integers(0, 0xFFFFFFFF)
guids = st.none() | st.uuids()
plain = st.builds(
    Ace, st.sampled_from(sorted(aces._PLAIN)), bytes_1, masks, sids, data=padding
)
about = st.builds(
    Ace,
    st.sampled_from(sorted(aces.OBJECT)),
    bytes_1,
    masks,
    sids,
    guids,
    guids,
    padding,
)
unknown = st.builds(
    lambda kind, flags, body: UnknownAce(
        bytes((kind, flags)) + (len(body) + 4).to_bytes(2, "little") + body
    ),
    st.sampled_from([3, 4, 8, 14, 16, 20, 99, 255]),
    bytes_1,
    padding,
)
acls = st.builds(
    Acl,
    st.lists(plain | about | unknown, max_size=8).map(tuple),
    st.sampled_from([2, 3, 4]),
    st.tuples(bytes_1, st.integers(0, 0xFFFF)),
    padding,
)


@st.composite
def descriptors(draw: st.DrawFn) -> SecurityDescriptor:
    sacl, dacl = draw(st.none() | acls), draw(st.none() | acls)
    control = draw(st.integers(0, 0xFFFF)) | Control.SELF_RELATIVE
    control &= ~(Control.DACL_PRESENT | Control.SACL_PRESENT)
    control |= Control.SACL_PRESENT if sacl else 0
    control |= Control.DACL_PRESENT if dacl else 0
    owner, group = draw(st.none() | sids), draw(st.none() | sids)
    order = draw(st.permutations(_PARTS))
    return SecurityDescriptor(control, owner, group, sacl, dacl, tuple(order))


@given(descriptors())
def test_what_is_written_is_read_back(built: SecurityDescriptor) -> None:
    read = parse(built.to_bytes())

    assert read.to_bytes() == built.to_bytes()
    assert (read.owner, read.group) == (built.owner, built.group)
    assert (read.sacl, read.dacl) == (built.sacl, built.dacl)
    assert read.placed is None


@given(descriptors(), st.data())
def test_mangled_bytes_are_refused_or_read_exactly(
    built: SecurityDescriptor, data: st.DataObject
) -> None:
    raw = bytearray(built.to_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(bytes_1)
    mangled = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        read = parse(mangled)
    except DescriptorError:
        return
    assert read.to_bytes() == mangled


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_read_exactly(data: bytes) -> None:
    framed = b"\x01\x00\x14\x80" + data
    try:
        read = parse(framed)
    except DescriptorError:
        return
    assert read.to_bytes() == framed


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_recorded_descriptors_come_back_byte_for_byte(file: Path) -> None:
    data = bytes.fromhex(file.read_text(encoding="ascii"))
    read = parse(data)

    assert read.to_bytes() == data
    assert read.dacl
    assert not [ace for ace in read.dacl.aces if isinstance(ace, UnknownAce)]


def test_a_descriptor_made_by_hand_is_read() -> None:
    entry = bytes.fromhex("05 0a 38 00 00 01 00 00 03 00 00 00".replace(" ", ""))
    entry += bytes.fromhex("70952900 6d24 d011 a768 00aa006e0529".replace(" ", ""))
    entry += bytes.fromhex("ba7a96bf e60d d011 a285 00aa003049e2".replace(" ", ""))
    entry += EVERYONE
    acl = struct.pack("<BBHHH", 4, 0, 8 + len(entry), 1, 0) + entry
    raw = struct.pack("<BBHIIII", 1, 0, 0x9404, 20 + len(acl), 0, 0, 20) + acl
    read = parse(raw + ADMINISTRATORS)

    assert str(read.owner) == "S-1-5-32-544"
    assert read.protected
    assert read.dacl
    (found,) = read.dacl.aces
    assert isinstance(found, Ace)
    assert found.object_type == UUID("00299570-246d-11d0-a768-00aa006e0529")
    assert sddl(found) == (
        "(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;"
        "bf967aba-0de6-11d0-a285-00aa003049e2;S-1-1-0)"
    )


def test_no_dacl_and_an_empty_dacl_are_two_things() -> None:
    null = struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 0)
    unset = struct.pack("<BBHIIII", 1, 0, 0x8000, 0, 0, 0, 0)
    empty = struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 20)
    empty += struct.pack("<BBHHH", 2, 0, 8, 0, 0)

    assert parse(null).dacl is None
    assert parse(unset).dacl is None
    assert parse(empty).dacl == Acl((), 2)


def test_gaps_and_shared_parts_are_kept() -> None:
    owner_at, tail = 24, b"tail"
    raw = struct.pack("<BBHIIII", 1, 7, 0x8000, owner_at, owner_at, 0, 0)
    raw += b"gap." + EVERYONE + tail
    read = parse(raw)

    assert read.owner == read.group
    assert read.to_bytes() == raw


def test_a_dacl_whose_control_bit_is_off_is_not_read_but_kept() -> None:
    acl = struct.pack("<BBHHH", 2, 0, 8, 0, 0)
    raw = struct.pack("<BBHIIII", 1, 0, 0x8000, 0, 0, 0, 20) + acl
    read = parse(raw)

    assert read.dacl is None
    assert read.to_bytes() == raw


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "the header needs 20 bytes"),
        (struct.pack("<BBHIIII", 2, 0, 0x8000, 0, 0, 0, 0), "revision 2"),
        (struct.pack("<BBHIIII", 1, 0, 0x0004, 0, 0, 0, 0), "self-relative"),
        (struct.pack("<BBHIIII", 1, 0, 0x8000, 4, 0, 0, 0), "outside"),
        (struct.pack("<BBHIIII", 1, 0, 0x8000, 9999, 0, 0, 0), "outside"),
        (struct.pack("<BBHIIII", 1, 0, 0x8000, 20, 0, 0, 0) + b"\1", "8 bytes"),
        (struct.pack("<BBHIIII", 1, 0, 0x8000, 20, 0, 0, 0) + b"\1\x10" * 9, "at most"),
        (struct.pack("<BBHIIII", 1, 0, 0x8000, 20, 0, 0, 0) + b"\1\5" * 9, "outside"),
    ],
)
def test_broken_frames_are_named(raw: bytes, rule: str) -> None:
    with pytest.raises(DescriptorError, match=rule):
        parse(raw)


@pytest.mark.parametrize(
    ("acl", "rule"),
    [
        (struct.pack("<BBHHH", 9, 0, 8, 0, 0), "revision 9"),
        (struct.pack("<BBHHH", 2, 0, 80, 0, 0), "leaves"),
        (struct.pack("<BBHHH", 2, 0, 8, 1, 0), "do not fit"),
        (struct.pack("<BBHHH", 2, 0, 12, 1, 0) + b"\0\0\0\0", "ACE size 0"),
        (struct.pack("<BBHHH", 2, 0, 14, 1, 0) + b"\0\0\6\0\0\0", "ACE size 6"),
        (struct.pack("<BBHHH", 4, 0, 16, 1, 0) + b"\5\0\x08\0\0\0\0\0", "12 bytes"),
        (
            struct.pack("<BBHHH", 4, 0, 20, 1, 0)
            + b"\5\0\x0c\0"
            + b"\0" * 4
            + b"\1\0\0\0",
            "GUID",
        ),
    ],
)
def test_broken_acls_are_named_with_their_place(acl: bytes, rule: str) -> None:
    raw = struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 20) + acl
    with pytest.raises(DescriptorError, match=rule) as caught:
        parse(raw)

    assert 20 <= caught.value.offset <= len(raw)


def test_an_object_ace_with_undefined_bits_is_unknown() -> None:
    raw = b"\5\0\x18\0" + b"\0" * 4 + b"\4\0\0\0" + EVERYONE

    assert read_ace(raw) == UnknownAce(raw)
    assert UnknownAce(raw).name == "ALLOWED_OBJECT"
    assert UnknownAce(b"\x63\0\4\0").name == "type 0x63"


@pytest.mark.parametrize(
    "text",
    [
        "S-1-0",
        "S-1-1-0",
        "S-1-5-32-544",
        "S-1-5-21-4294967295-0-1-500",
        "S-1-0x0100000000FF-7",
    ],
)
def test_sids_keep_their_text(text: str) -> None:
    assert str(Sid.of(text)).lower() == text.lower()
    assert Sid.parse(Sid.of(text).raw) == Sid.of(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S-1",
        "S-2-1-0",
        "S-1-5-4294967296",
        "S-1-5" + "-1" * 16,
        "S-1-5-x",
    ],
)
def test_what_is_no_sid_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no SID"):
        Sid.of(text)


GRANT = "OA;CIIO;CR;reset;user;AGENT"


def texts(found: SecurityDescriptor) -> list[str]:
    assert found.dacl
    return [sddl(one) for one in found.dacl.aces if isinstance(one, Ace)]


@pytest.mark.parametrize(
    ("new", "place"), [("D;;WP;;;AGENT", 1), (GRANT, 2), ("A;ID;RP;;;AGENT", 4)]
)
def test_an_entry_is_added_at_its_canonical_place(new: str, place: int) -> None:
    before = descriptor("(D;;CR;;;AU)(A;;RC;;;AU)(D;ID;WP;;;AU)(A;ID;RP;;;AU)")
    after = add_ace(before, ace(new))
    left = texts(after)

    assert left.pop(place) == sddl(ace(new))
    assert left == texts(before)
    assert has_ace(parse(after.to_bytes()), ace(new))


def test_entries_out_of_order_are_not_moved() -> None:
    before = descriptor("(A;;RC;;;AU)(D;;CR;;;AU)(A;ID;RP;;;AU)")
    after = add_ace(before, ace(GRANT))

    assert texts(after)[:2] == texts(before)[:2]
    assert texts(after)[2] == sddl(ace(GRANT))


def test_adding_twice_and_taking_away_leaves_the_bytes_as_they_were() -> None:
    before = parse(descriptor("(D;;CR;;;AU)(OA;;WP;lockout;;AU)").to_bytes())
    once = add_ace(before, ace(GRANT))

    assert add_ace(once, ace(GRANT)) is once
    assert remove_ace(once, ace(GRANT)).to_bytes() == before.to_bytes()
    assert remove_ace(before, ace(GRANT)) is before


def test_an_object_entry_raises_the_revision_of_the_list() -> None:
    plain = parse(descriptor("(A;;RC;;;AU)").to_bytes())
    assert plain.dacl
    old = SecurityDescriptor(plain.control, None, None, None, Acl(plain.dacl.aces, 2))
    grown = add_ace(old, ace(GRANT))

    assert grown.dacl
    assert grown.dacl.revision == 4


def test_a_null_dacl_takes_no_entry() -> None:
    with pytest.raises(DescriptorError, match="NULL DACL"):
        add_ace(descriptor(None), ace(GRANT))


def test_only_the_same_explicit_entry_is_taken_away() -> None:
    before = descriptor(f"({GRANT})(OA;CIIO;CR;reset;user;GROUP)(A;ID;RC;;;AU)")

    assert texts(remove_ace(before, ace(GRANT))) == texts(before)[1:]
    with pytest.raises(DescriptorError, match="inherited"):
        remove_ace(before, ace("A;ID;RC;;;AU"))


def test_a_list_that_grew_too_long_is_refused() -> None:
    entry = ace("A;;RC;;;AGENT")
    many = SecurityDescriptor(0x8004, None, None, None, Acl((entry,) * 2000))
    with pytest.raises(DescriptorError, match="65535"):
        many.to_bytes()


def test_bits_without_a_name_make_the_whole_mask_a_number() -> None:
    odd = Ace(0, 0, 0x2000100, sid("AGENT"))

    assert sddl(odd) == "(A;;0x2000100;;;S-1-5-21-1-2-3-1104)"
    with pytest.raises(DescriptorError, match="not written in SDDL"):
        sddl(ace("XA;;CR;;;AGENT"))
