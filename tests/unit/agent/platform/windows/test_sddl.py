"""Two spellings of a descriptor are the same where they let the same people do it."""

import pytest

from agent.platform.windows import descriptors, sddl
from tests.fixtures.windows.fake_win32 import ANYBODY_READS, ME

OURS = f"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;{ME})"
ADA = "S-1-5-21-1-2-3-1104"
SPELLINGS = {
    "numbers": f"D:P(A;;0x1f01ff;;;S-1-5-18)(A;;0x1F01FF;;;S-1-5-32-544)"
    f"(A;;0x120089;;;{ME})",
    "another order": f"D:P(A;;FR;;;{ME})(A;;FA;;;BA)(A;;FA;;;SY)",
    "how it came about": OURS.replace("D:P", "D:PARAI"),
    "an owner and a group": f"O:BAG:SY{OURS}",
    "generic rights": f"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GR;;;{ME})",
    "names and numbers": OURS.replace(";FA;;;BA", ";0x1f01ff;;;BA"),
    "said twice": OURS + "(A;;FA;;;SY)",
    "with a SACL": f"{OURS}S:AI(AU;SA;FA;;;WD)",
}
OTHERS = {
    "one more": OURS + "(A;;FR;;;BU)",
    "one less": "D:P(A;;FA;;;SY)(A;;FA;;;BA)",
    "another right": OURS.replace("FR", "FRFW"),
    "another person": OURS.replace(ME, ADA),
    "not protected": OURS.replace("D:P", "D:"),
    "not protected, inherited": OURS.replace("D:P", "D:AI"),
    "one denied": OURS.replace("D:P", f"D:P(D;;FA;;;{ADA})"),
    "below alone": OURS.replace("(A;;FR", "(A;OICIIO;FR"),
    "no DACL": "O:BA",
    "an empty one": "D:P",
    "a null one": "D:NO_ACCESS_CONTROL",
    "a conditional one": OURS.replace("(A;;FR", "(XA;;FR"),
    "of an object": f"D:P(OA;;FA;11111111-2222-3333-4444-555555555555;;{ME})",
    "none": "",
    "not SDDL": "rwxr-x---",
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_another_spelling_is_the_same(spelled: str) -> None:
    assert sddl.same(spelled, OURS)
    assert sddl.same(OURS, spelled)


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_descriptor_is_not(other: str) -> None:
    assert not sddl.same(other, OURS)
    assert not sddl.same(OURS, other)


def test_whether_one_is_denied_first_is_a_difference() -> None:
    denied_first = f"D:P(D;;FA;;;{ADA})(A;;FA;;;WD)"
    assert not sddl.same(denied_first, f"D:P(A;;FA;;;WD)(D;;FA;;;{ADA})")


def test_an_owner_counts_where_both_name_one() -> None:
    assert not sddl.same(f"O:BA{OURS}", f"O:{ADA}{OURS}")
    assert sddl.same(f"O:BA{OURS}", f"O:S-1-5-32-544{OURS}")


def test_what_can_not_be_read_is_like_nothing() -> None:
    assert not sddl.same("junk", "junk")


@pytest.mark.parametrize(
    "made",
    [
        descriptors.file_read_by,
        descriptors.file_changed_by,
        descriptors.folder_read_by,
        descriptors.folder_changed_by,
    ],
)
def test_ours_let_in_system_administrators_and_the_service(made: object) -> None:
    assert callable(made)
    text = made(ME)
    assert sddl.read(text).protected
    named = set(sddl.allowed(sddl.read(text), sddl.READ_DATA))
    assert named == {sddl.SYSTEM, sddl.ADMINISTRATORS, ME}
    assert descriptors.strangers(text, ME) == frozenset()
    assert descriptors.strangers(text) == {ME}


def test_what_the_service_reads_it_can_not_write() -> None:
    read, changed = descriptors.file_read_by(ME), descriptors.file_changed_by(ME)
    assert ME not in set(sddl.allowed(sddl.read(read), sddl.WRITING))
    assert ME in set(sddl.allowed(sddl.read(changed), sddl.WRITING))


def test_the_service_gives_nobody_rights_to_what_it_changes() -> None:
    change_who_may = 0xC0000  # WRITE_DAC, WRITE_OWNER
    for made in (descriptors.file_changed_by(ME), descriptors.folder_changed_by(ME)):
        assert ME not in set(sddl.allowed(sddl.read(made), change_who_may))


def test_strangers_are_named() -> None:
    assert descriptors.strangers(ANYBODY_READS, ME) == {"S-1-5-32-545"}
    assert descriptors.strangers(ANYBODY_READS, ME, mask=sddl.WRITING) == frozenset()
    assert descriptors.strangers("O:BA") == {"S-1-1-0"}
    # what is handed down below alone lets nobody in here
    below = "O:BAD:(A;OICIIO;FA;;;BU)"
    assert descriptors.strangers(below) == frozenset()


def test_a_name_that_is_no_sid_gets_no_descriptor() -> None:
    with pytest.raises(ValueError, match="is no SID"):
        descriptors.file_read_by("WD)(A;;FA;;;WD")


def test_whom_windows_abbreviates_by_the_machine_has_a_number() -> None:
    here = {"LA": f"{ADA}0", "DA": f"{ADA}1"}

    def resolve(name: str) -> str:
        if name not in here:
            raise OSError(1332, "No mapping")
        return here[name]

    text = "O:LAG:DUD:PAI(A;OICI;FA;;;DA)(A;;FA;;;SY)(A;;FR;;;XX)S:AI"
    told = sddl.numbered(text, resolve)
    assert told == (
        f"O:{ADA}0G:DUD:PAI(A;OICI;FA;;;{ADA}1)(A;;FA;;;SY)(A;;FR;;;XX)S:AI"
    )
    with pytest.raises(ValueError, match="is no SID"):
        sddl.read(told)
    assert sddl.read(sddl.numbered("O:LA", resolve)).owner == f"{ADA}0"
