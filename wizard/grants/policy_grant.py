"""The grant of reading fine-grained policies: one entry on their container.

Only the domain's administrators may read password settings objects by default (MS-ADTS
6.1.1.4.11.1). Where the settings ask for it, the agent's account may as well, and reads
nothing else by it.
"""

from agent.acl.access_check import decide
from agent.acl.ace import Ace, AceFlag
from agent.acl.descriptor import SecurityDescriptor, has_ace
from agent.acl.descriptor_reader import Unreadable, read
from agent.acl.rights import CLASSES, Right
from agent.acl.sid import Sid
from agent.config.settings import Settings
from agent.ldap.connection import Connection, read_entry
from agent.ldap.controls import DACL
from agent.ldap.entry import DESCRIPTOR
from agent.ldap.errors import NoSuchObject
from wire.text import Text
from wizard.permissions.grant import Grant
from wizard.results import Check

POLICIES = Grant(Right.READ_PASSWORD_SETTINGS)


def policy_container(settings: Settings) -> str:
    """Name the container of the domain's password settings objects."""
    return f"CN=Password Settings Container,CN=System,{settings.directory.base_dn}"


def lacks_policies(
    opened: Connection, settings: Settings, token: frozenset[Sid]
) -> bool:
    """Say whether the settings ask for what a token is not seen to have there."""
    if not settings.features.read_password_settings:
        return False
    held = _descriptor(opened, settings)
    # from whom it is hidden has not even that
    return isinstance(held, Unreadable) or not _reads(held, token)


def stands(opened: Connection, settings: Settings, own: Sid) -> bool:
    """Say whether the entry is there, as a plan makes it."""
    held = _descriptor(opened, settings)
    return not isinstance(held, Unreadable) and has_ace(held, POLICIES.ace(own))


def row(opened: Connection, settings: Settings, token: frozenset[Sid]) -> Check:
    """Tell of it as a row of the verification."""
    title = Text("Permissions on {container}", container=policy_container(settings))
    if not lacks_policies(opened, settings, token):
        return Check("grants", title, "ok", Text("The policies can be read."))
    detail = Text("Missing: {rights}.", rights=POLICIES.right.value.short)
    remedy = Text("Apply the settings with an administrator's credentials.")
    return Check("grants", title, "failed", detail, remedy)


def _reads(held: SecurityDescriptor, token: frozenset[Sid]) -> bool:
    classes = frozenset({CLASSES["container"]})
    decision = decide(held, token, Right.READ_PASSWORD_SETTINGS, classes=classes)
    because = decision.because
    # one for the container alone says nothing of the policies below it
    return decision.allowed and (
        not isinstance(because, Ace) or bool(because.flags & AceFlag.CONTAINER_INHERIT)
    )


def _descriptor(
    opened: Connection, settings: Settings
) -> SecurityDescriptor | Unreadable:
    try:
        entry = read_entry(opened, policy_container(settings), (DESCRIPTOR,), (DACL,))
    except NoSuchObject:
        entry = None
    return read(entry.descriptor if entry else None)
