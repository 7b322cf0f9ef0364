"""The SIDs that mean the same everywhere have their names."""

import pytest

from agent.acl.sid import Sid
from agent.acl.well_known_sids import domain_rid, well_known

DOMAIN = "S-1-5-21-1-2-3"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("S-1-1-0", "Everyone"),
        ("S-1-5-10", "Self"),
        ("S-1-5-11", "Authenticated Users"),
        ("S-1-5-18", "SYSTEM"),
        ("S-1-5-32-544", "Administrators"),
        ("S-1-5-32-548", "Account Operators"),
        (f"{DOMAIN}-512", "Domain Admins"),
        (f"{DOMAIN}-519", "Enterprise Admins"),
        (f"{DOMAIN}-1104", None),
        ("S-1-5-32-9999", None),
        # no domain's SID, though it ends as one: a domain has three numbers
        (f"{DOMAIN}", None),
        ("S-1-5-21-1-2-3-4-512", None),
        ("S-1-16-12288", None),
    ],
)
def test_well_known_sids_have_their_names(text: str, name: str | None) -> None:
    assert well_known(Sid.of(text)) == name


def test_a_domain_itself_has_no_rid() -> None:
    assert domain_rid(Sid.of(DOMAIN)) is None
    assert domain_rid(Sid.of(f"{DOMAIN}-1104")) == 1104
