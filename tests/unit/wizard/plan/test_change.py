"""A change says itself whether it creates, changes or removes."""

import pytest

from wire.text import Text
from wizard.plan.change import Change, Facts, Stuck


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, {"text": "new"}, "created"),
        ({}, {"text": "new"}, "changed"),  # there is one, of which nothing is known
        ({"text": "old"}, {}, "changed"),
        ({"text": "old"}, {"text": "new"}, "changed"),
        ({"text": "old"}, None, "removed"),
        ({}, None, "removed"),
    ],
)
def test_a_change_is_of_a_kind_by_what_is_there(
    before: Facts | None, after: Facts | None, kind: str
) -> None:
    change = Change("settings", Text("Writes it"), before, after)
    assert (change.kind, change.group) == (kind, kind)


def test_what_is_final_is_a_group_of_its_own() -> None:
    change = Change("keys", Text("Destroys them"), {"names": ["a"]}, None, final=True)
    assert (change.kind, change.group) == ("removed", "gone")


def test_what_is_stuck_says_which_and_why() -> None:
    change = Change("keys", Text("Makes the keys"), None, {"names": ["a"]})
    assert str(Stuck(change, Text("It moved."))) == "Makes the keys: It moved."
