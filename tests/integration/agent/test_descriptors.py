"""Every descriptor of the domain is read and written back byte for byte."""

from collections import Counter

import ldap3
from ldap3.protocol.microsoft import security_descriptor_control

from agent.acl.ace import UnknownAce
from agent.acl.descriptor import parse
from lab.controller import Lab

WHOLE = security_descriptor_control(sdflags=15)  # with the SACL, for an administrator
NAME = "nTSecurityDescriptor"


def naming_contexts(link: ldap3.Connection) -> list[str]:
    link.search("", "(objectClass=*)", "BASE", attributes=["namingContexts"])
    assert link.response
    found = link.response[0]["raw_attributes"]["namingContexts"]
    return [name.decode() for name in found]


def descriptors(link: ldap3.Connection, base: str) -> dict[str, list[bytes]]:
    """Read all below a naming context, with what was deleted but is kept."""
    entries = link.extend.standard.paged_search(
        base,
        "(objectClass=*)",
        attributes=[NAME],
        controls=[*WHOLE, ("1.2.840.113556.1.4.417", True, None)],
        paged_size=500,
        generator=False,
    )
    return {
        entry["dn"]: entry["raw_attributes"][NAME]
        for entry in entries
        if entry["type"] == "searchResEntry"
    }


def test_every_descriptor_comes_back_byte_for_byte(lab: Lab) -> None:
    found: dict[str, list[bytes]] = {}
    with lab.signed_in(lab.admin_user, lab.admin_password) as admin:
        contexts = naming_contexts(admin)
        for base in contexts:
            below = descriptors(admin, base)
            assert below, base
            found |= below
    seen: Counter[str] = Counter()
    # Samba hides the attribute there, and nowhere else
    hidden = [dn for dn, values in found.items() if not values]
    assert all(dn.startswith("CN=Deleted Objects,") for dn in hidden)
    shown = {dn: values[0] for dn, values in found.items() if values}
    for dn, raw in shown.items():
        read = parse(raw)
        assert read.to_bytes() == raw, dn
        assert read.owner, dn
        assert read.group, dn
        assert read.dacl, dn
        seen["with a SACL"] += read.sacl is not None
        lists = (read.dacl, read.sacl)
        aces = [ace for acl in lists if acl for ace in acl.aces]
        assert not [ace for ace in aces if isinstance(ace, UnknownAce)], dn
        seen["entries"] += len(aces)
    print(f"{len(shown)} descriptors in {len(contexts)} naming contexts, {dict(seen)}")
    assert len(contexts) >= 3
    assert len(shown) > 3000
    assert seen["with a SACL"] > 0
