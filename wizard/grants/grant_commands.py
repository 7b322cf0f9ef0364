"""A grant as dsacls and as PowerShell."""

import re
from uuid import UUID

from agent.acl.ace import Ace
from agent.acl.rights import WRITE_PROPERTY, Right
from wire.text import Text
from wizard.permissions.grant import KINDS

# within double quotes: what ends them, and what cmd and PowerShell replace there; to
# PowerShell U+201C to U+201E are double quotes too
_READ_BY_SHELLS = re.compile(r'["%$`\x00-\x1f\u201c-\u201e]')
_NOT_FOR_DSACLS = Text(
    "rem A name here has characters that a shell reads, which dsacls can not be given. "
    "Use PowerShell for this entry."
)
# to PowerShell each of these ends a string in single quotes; two of them are one
_SINGLE_QUOTES = re.compile("['\u2018-\u201b]")


def dsacls_line(ace: Ace, account: str, container_dn: str) -> str:
    """Write the entry of a grant as the dsacls command that does the same.

    A name that a shell would not pass on as it is gives a remark instead: whoever may
    name a container must not choose what an administrator runs.
    """
    if _READ_BY_SHELLS.search(container_dn + account):
        return _NOT_FOR_DSACLS
    if ace.object_type is None:
        return f'dsacls "{container_dn}" /I:T /G "{account}:GR"'
    right = next(r.value for r in Right if r.value.guid == ace.object_type)
    kind = "WP" if ace.mask == WRITE_PROPERTY else "CA"
    if ace.inherited_object_type is None:
        return f'dsacls "{container_dn}" /G "{account}:{kind};{right.short}"'
    below = next(name for name, of in KINDS.items() if of == ace.inherited_object_type)
    return f'dsacls "{container_dn}" /I:S /G "{account}:{kind};{right.short};{below}"'


def powershell(ace: Ace, container_dn: str) -> str:
    """Write the entry of a grant as PowerShell with the ActiveDirectory module."""
    return _powershell(ace, container_dn, "AddAccessRule")


def powershell_revoke(ace: Ace, container_dn: str) -> str:
    """Write PowerShell that removes exactly this entry; `dsacls /R` takes them all."""
    return _powershell(ace, container_dn, "RemoveAccessRuleSpecific")


def _powershell(ace: Ace, container_dn: str, method: str) -> str:
    path = _path(container_dn)  # literal: else [ and * would be a pattern
    who = f"[Security.Principal.SecurityIdentifier]'{ace.sid}'"
    if ace.object_type is None:
        rule = f"{who}, 'GenericRead', 'Allow', 'All'"
        return _on(path, method, rule)
    kind = "WriteProperty" if ace.mask == WRITE_PROPERTY else "ExtendedRight"
    spread = "None" if ace.inherited_object_type is None else "Descendents"
    below = ace.inherited_object_type or UUID(int=0)
    rule = f"{who}, '{kind}', 'Allow', [guid]'{ace.object_type}', '{spread}'"
    return _on(path, method, f"{rule}, [guid]'{below}'")


def _on(path: str, method: str, rule: str) -> str:
    return (
        f"$acl = Get-Acl -LiteralPath {path}; $acl.{method}("
        f"[DirectoryServices.ActiveDirectoryAccessRule]::new({rule})); "
        f"Set-Acl -LiteralPath {path} -AclObject $acl"
    )


def _path(container_dn: str) -> str:
    quoted = _SINGLE_QUOTES.sub(r"\g<0>\g<0>", container_dn)
    return f"'AD:\\{quoted}'"
