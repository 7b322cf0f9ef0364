"""The SIDs that mean the same everywhere (MS-DTYP 2.4.2.4): names, protected, broad."""

from agent.acl.sid import Sid

SELF = Sid.of("S-1-5-10")
OWNER_RIGHTS = Sid.of("S-1-3-4")
EVERYONE = Sid.of("S-1-1-0")

# who everybody, or nearly, is in: a right given to them is everybody's
_BROAD = frozenset(
    {"S-1-1-0", "S-1-5-7", "S-1-5-11", "S-1-5-32-545", "S-1-5-32-546", "S-1-5-32-554"}
)
_BROAD_RIDS = frozenset({513, 514, 515})

_DOMAIN = "S-1-5-21-"
_BUILTIN = "S-1-5-32-"

# MS-DTYP 2.4.2.4
_WELL_KNOWN = {
    "S-1-0-0": "Nobody",
    "S-1-1-0": "Everyone",
    "S-1-2-0": "Local",
    "S-1-2-1": "Console Logon",
    "S-1-3-0": "Creator Owner",
    "S-1-3-1": "Creator Group",
    "S-1-3-4": "Owner Rights",
    "S-1-5-1": "Dialup",
    "S-1-5-2": "Network",
    "S-1-5-3": "Batch",
    "S-1-5-4": "Interactive",
    "S-1-5-6": "Service",
    "S-1-5-7": "Anonymous Logon",
    "S-1-5-8": "Proxy",
    "S-1-5-9": "Enterprise Domain Controllers",
    "S-1-5-10": "Self",
    "S-1-5-11": "Authenticated Users",
    "S-1-5-12": "Restricted Code",
    "S-1-5-13": "Terminal Server User",
    "S-1-5-14": "Remote Interactive Logon",
    "S-1-5-15": "This Organization",
    "S-1-5-17": "IIS_USRS",
    "S-1-5-18": "SYSTEM",
    "S-1-5-19": "Local Service",
    "S-1-5-20": "Network Service",
    "S-1-5-64-10": "NTLM Authentication",
    "S-1-5-64-14": "SChannel Authentication",
    "S-1-5-64-21": "Digest Authentication",
    "S-1-5-1000": "Other Organization",
    "S-1-18-1": "Authentication authority asserted identity",
    "S-1-18-2": "Service asserted identity",
}
_OF_BUILTIN = {
    544: "Administrators",
    545: "Users",
    546: "Guests",
    547: "Power Users",
    548: "Account Operators",
    549: "Server Operators",
    550: "Print Operators",
    551: "Backup Operators",
    552: "Replicator",
    554: "Pre-Windows 2000 Compatible Access",
    555: "Remote Desktop Users",
    556: "Network Configuration Operators",
    557: "Incoming Forest Trust Builders",
    558: "Performance Monitor Users",
    559: "Performance Log Users",
    560: "Windows Authorization Access Group",
    561: "Terminal Server License Servers",
    562: "Distributed COM Users",
    568: "IIS_IUSRS",
    569: "Cryptographic Operators",
    573: "Event Log Readers",
    574: "Certificate Service DCOM Access",
    575: "RDS Remote Access Servers",
    576: "RDS Endpoint Servers",
    577: "RDS Management Servers",
    578: "Hyper-V Administrators",
    579: "Access Control Assistance Operators",
    580: "Remote Management Users",
    582: "Storage Replica Administrators",
}
_OF_DOMAIN = {
    498: "Enterprise Read-only Domain Controllers",
    500: "Administrator",
    501: "Guest",
    502: "krbtgt",
    512: "Domain Admins",
    513: "Domain Users",
    514: "Domain Guests",
    515: "Domain Computers",
    516: "Domain Controllers",
    517: "Cert Publishers",
    518: "Schema Admins",
    519: "Enterprise Admins",
    520: "Group Policy Creator Owners",
    521: "Read-only Domain Controllers",
    522: "Cloneable Domain Controllers",
    525: "Protected Users",
    526: "Key Admins",
    527: "Enterprise Key Admins",
    553: "RAS and IAS Servers",
    571: "Allowed RODC Password Replication Group",
    572: "Denied RODC Password Replication Group",
}

# groups that AdminSDHolder protects (MS-ADTS 3.1.1.6.1): RIDs of a domain ...
PROTECTED = frozenset({512, 516, 518, 519, 521, 526, 527})
# ... and of Builtin: administrators, operators, replicator
PROTECTED_BUILTIN = frozenset({544, 548, 549, 550, 551, 552})
_PROTECTED_BUILTIN = frozenset(f"{_BUILTIN}{rid}" for rid in PROTECTED_BUILTIN)


def domain_rid(sid: Sid) -> int | None:
    """Give the last number of a domain's SID; None for any other."""
    text = str(sid)
    # S-1-5-21, three numbers of the domain, and its own: a domain itself has none
    if not text.startswith(_DOMAIN) or text.count("-") != 7:
        return None
    return int(text.rpartition("-")[2])


def domain_of(sid: Sid) -> Sid | None:
    """Give the domain that an account or a group is of; None for any other."""
    if domain_rid(sid) is None:
        return None
    return Sid.of(str(sid).rpartition("-")[0])


def is_protected(sid: Sid) -> bool:
    """Say whether it is a group that AdminSDHolder protects, of any domain."""
    return str(sid) in _PROTECTED_BUILTIN or domain_rid(sid) in PROTECTED


def well_known(sid: Sid) -> str | None:
    """Name a SID that means the same everywhere (MS-DTYP 2.4.2.4), or in a domain.

    The names are the English ones; None when it is not well-known.
    """
    text = str(sid)
    if text.startswith(_BUILTIN):
        return _OF_BUILTIN.get(int(text.rpartition("-")[2]))
    rid = domain_rid(sid)
    return _WELL_KNOWN.get(text) if rid is None else _OF_DOMAIN.get(rid)


def is_broad(sid: Sid) -> bool:
    """Say whether nearly everybody holds what a SID is given."""
    return str(sid) in _BROAD or domain_rid(sid) in _BROAD_RIDS
