"""Rules for single values, shared by the settings file, the pages and the commands.

Each takes a value and returns it in its normal form, or raises ValueError with
the rule and the remedy in words.
"""

import contextlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path, PureWindowsPath
from typing import TypeVar
from urllib.parse import SplitResult, quote, unquote, urlsplit

from agent.acl.sid import Sid
from agent.ldap.dn import parse, split
from wire.text import Text

_Item = TypeVar("_Item")

_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+")
_PRINCIPALS = ("S-1-5-21-", "S-1-5-32-")  # of a domain, of Builtin (MS-DTYP 2.4.2)
_SAM_FORBIDDEN = set('"/\\[]:;|=,+*?<>@')
# in nothing that people name: control characters, and halves of UTF-16 pairs
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")
# what a backslash may stand before (RFC 4514 section 2.4)
_BAD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(?![0-9a-fA-F]{2}|[ \"#+,;<=>\\])")
_HOST, _HOST_LABEL = 254, 63  # characters, with the last dot (RFC 1035 2.3.4)
_PATH_BYTES, _NAME_BYTES = 4095, 255  # limits.h of Linux: PATH_MAX, NAME_MAX


def host_name(value: str) -> str:
    """Check a DNS host name (RFC 1123) of two labels or more."""
    name = value.rstrip(".").lower()
    labels = name.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(
            Text(
                "must be a full DNS name such as dc1.corp.example, not an address or "
                "a short name (certificates are checked against it)"
            )
        )
    if labels[-1].isdigit():
        raise ValueError(
            Text("must be a DNS name; certificates name hosts, not addresses")
        )
    return name


def address(value: str) -> str:
    """Check where a host is: an IP address, or a DNS name that stands for it."""
    labels = value.split(".")
    if all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit():
        return value
    try:
        ip_address(value)
    except ValueError:
        rule = Text("must be an IP address such as 192.0.2.12")
        raise ValueError(rule) from None
    return value


def relay_url(value: str) -> str:
    """Check the address of a relay: https, a host, no path."""
    parts = _split_url(value)
    if parts.scheme != "https":
        raise ValueError(
            Text("must start with https:// (the link is always encrypted)")
        )
    is_more = "@" in parts.netloc or parts.query or parts.fragment
    name = parts.hostname or ""
    if is_more or not _is_host(name):
        raise ValueError(Text("must be https://host or https://host:port and no more"))
    if parts.path not in ("", "/"):
        raise ValueError(Text("must not have a path after the host"))
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(Text("has a port that is not a number from 1 to 65535"))
    # an IPv6 address keeps its brackets (RFC 3986 section 3.2.2)
    host = f"[{name}]" if ":" in name else name
    return f"https://{host}" + (f":{port}" if port else "")


def _split_url(value: str) -> SplitResult:
    """Split an address; one that is none, or that Python would mend, has no host."""
    with contextlib.suppress(ValueError):
        if not (_CONTROL.search(value) or " " in value):
            return urlsplit(value)
    return SplitResult(value.partition("://")[0], "", "", "", "")


def _is_host(name: str) -> bool:
    """Say whether an address has an IP address, or what may be a name in DNS.

    A name may be in any script (RFC 5890), a short one, or have an underscore.
    """
    if ":" in name:
        return name.isascii() and name.isprintable()  # in brackets that were split
    labels = name.removesuffix(".").split(".")
    return len(name) <= _HOST and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    kinds = (unicodedata.category(sign)[0] for sign in label if sign not in "-_")
    return 0 < len(label) <= _HOST_LABEL and all(kind in "LMN" for kind in kinds)


def proxy_url(value: str) -> str:
    """Check the address of an HTTP proxy: http, perhaps a user, a host, a port."""
    userinfo, at, _ = (value.partition("://")[2] or value).rpartition("@")
    if ":" in userinfo:
        raise ValueError(
            Text(
                "must not hold a password: settings are no place for it; give the "
                "user name alone, as http://user@host:port, and the password apart "
                "(proxy_password)"
            )
        )
    parts = _split_url(value)
    is_host = _is_host(parts.hostname or "") and not _more_than_host(parts)
    if parts.scheme != "http" or not is_host:
        raise ValueError(
            Text(
                "must be http://host:port such as http://proxy.corp.test:3128, or "
                "http://user@host:port where it asks for credentials"
            )
        )
    try:
        port = parts.port
    except ValueError:
        port = None
    if not port:
        raise ValueError(Text("must end with the port, a number from 1 to 65535"))
    host = parts.netloc.rpartition("@")[2].lower()
    return f"http://{_spelled(userinfo)}@{host}" if at else f"http://{host}"


def proxy_user(address: str) -> str | None:
    """Give the user that a proxy's address names; None where it names nobody."""
    try:
        user = urlsplit(address).username
    except ValueError:
        return None
    return unquote(user) if user else None


def _spelled(userinfo: str) -> str:
    """Spell a user in the one way of RFC 3986; a name has no colon (RFC 7617)."""
    user = unquote(userinfo)
    if not user or ":" in user or "\ufffd" in user or not user.isprintable():
        raise ValueError(
            Text("must have a user name without ':' and control characters")
        )
    return quote(user, safe="")


def _more_than_host(parts: SplitResult) -> bool:
    return bool(parts.path not in ("", "/") or parts.query or parts.fragment)


def whole_path(value: str) -> str:
    """Check that a file is named from the root: programs work in different folders."""
    path = Path(value)
    if not path.is_absolute() or _CONTROL.search(value):
        if isinstance(path, PureWindowsPath):
            raise ValueError(Text("must be a whole path, with its drive"))
        raise ValueError(Text("must be a whole path such as /etc/writeback/ca.pem"))
    longest = max(len(part.encode()) for part in path.parts)
    if len(value.encode()) > _PATH_BYTES or longest > _NAME_BYTES:
        raise ValueError(Text("must be a path that is short enough for this system"))
    return value


def directory_port(value: int) -> int:
    """Refuse the ports of the Global Catalog and of clear-text LDAP."""
    if value in (3268, 3269):
        raise ValueError(
            Text("is a Global Catalog port; passwords are not written there")
        )
    if value == 389:
        raise ValueError(
            Text("is the clear-text port; passwords need LDAPS, usually 636")
        )
    return value


@lru_cache(maxsize=16_384)
def distinguished_name(value: str) -> str:
    """Check the form of a distinguished name (RFC 4514)."""
    for part in (pair for rdn in split(value) for pair in split(rdn, "+")):
        kind, separator, rest = part.partition("=")
        if not separator or not rest or not _ATTRIBUTE.fullmatch(kind.strip()):
            rule = Text(
                "must be a distinguished name such as OU=People,DC=corp,DC=example; "
                "{part} is no attribute=value",
                part=repr(part),
            )
            raise ValueError(rule)
    if _CONTROL.search(value) or _BAD_ESCAPE.search(value):
        rule = Text(
            "must have no control characters, and a backslash only before a sign that "
            "it escapes, or two hexadecimal digits"
        )
        raise ValueError(rule)
    return value


def principal(value: str) -> str:
    """Check what names a person or group: a distinguished name, or a SID of theirs."""
    if not value.upper().startswith("S-1-"):
        return distinguished_name(value)
    try:
        sid = str(Sid.of(value))
    except ValueError:
        sid = ""
    # others, such as S-1-5-11, are in no person's groups and would deny nobody
    if not sid.startswith(_PRINCIPALS):
        raise ValueError(
            Text(
                "must be the SID of a person or group, S-1-5-21-... or S-1-5-32-..., "
                "or a distinguished name"
            )
        )
    return sid


def not_empty(values: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """Refuse an empty list."""
    if not values:
        raise ValueError(Text("must name at least one"))
    return values


def different(values: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """Refuse a list that names something twice."""
    if len(set(values)) < len(values):
        raise ValueError(Text("must name each once"))
    return values


def network(value: str) -> str:
    """Check a network in CIDR notation (RFC 4632, RFC 4291)."""
    try:
        return str(ip_network(value))
    except ValueError:
        rule = Text(
            "must be a network such as 192.0.2.0/24 or 2001:db8::/32, without bits "
            "beyond its length"
        )
        raise ValueError(rule) from None


def help_url(value: str) -> str:
    """Check the address of a page for people: https, a host, no user."""
    parts = _split_url(value)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError(Text("must be a page such as https://help.corp.example/"))
    return value


def one_line(value: str) -> str:
    """Check a text that people read: one line."""
    if _CONTROL.search(value):
        raise ValueError(Text("must be one line, without control characters"))
    return value


def fingerprint(value: str) -> str:
    """Check a party's fingerprint; give it as it is shown, in groups of four."""
    digits = "".join(value.split())
    if not re.fullmatch("[0-9A-Fa-f]{64}", digits):
        raise ValueError(Text("must have 64 hexadecimal digits, as status shows it"))
    # keys are heavy, and the first page of the wizard needs rules of settings alone
    from wire.keys import spell_fingerprint

    return spell_fingerprint(bytes.fromhex(digits))


def day(value: str) -> str:
    """Check a day, such as 2027-06-30."""
    with contextlib.suppress(ValueError):
        if date.fromisoformat(value).isoformat() == value:
            return value
    raise ValueError(Text("must be a day such as 2027-06-30"))


def banned_word(value: str) -> str:
    """Check a word that passwords are not made of: 4 to 16 characters, no blank."""
    if not 4 <= len(value) <= 16 or not value.isprintable() or " " in value:
        raise ValueError(Text("must have 4 to 16 characters, and no blanks"))
    return value


class FieldRule(ValueError):
    """One of several settings, `field`, breaks a rule over all of them."""

    def __init__(self, field: str, rule: Text) -> None:
        super().__init__(Text("{field} {rule}", field=field, rule=rule))
        self.field = field


def account_name(value: str) -> str:
    """Check the name of an account: one that can be typed."""
    if _CONTROL.search(value):
        raise ValueError(Text("must have no control characters"))
    return value


def new_account(name: str, container: str | None) -> None:
    """Check what a new account is made of (MS-SAMR 3.1.1.6: sAMAccountName)."""
    if not name.isprintable():  # nor what turns the direction of what is read
        raise FieldRule("name", Text("must have no control characters"))
    if len(name) > 20 or set(name) & _SAM_FORBIDDEN or name != name.strip(" ."):
        raise FieldRule(
            "name",
            Text(
                'must be at most 20 characters without " / \\ [ ] : ; | = , + * ? '
                "< > @ and without blanks or dots at its edges"
            ),
        )
    if not container:
        raise FieldRule("container", Text("is needed to make a new account in"))


def exclusions(containers: Sequence[str], excluded: Sequence[str]) -> None:
    """Check that what is left out of containers lies in one, and is not one itself."""
    if not excluded:
        return
    named = set(map(parse, containers))
    for name in excluded:
        parts = parse(name)
        if parts in named:
            rule = Text("names {name}, which is in containers too; keep one", name=name)
            raise FieldRule("exclude_containers", rule)
        if not any(parts[at:] in named for at in range(1, len(parts))):
            rule = Text("names {name}, which is below none of containers", name=name)
            raise FieldRule("exclude_containers", rule)
