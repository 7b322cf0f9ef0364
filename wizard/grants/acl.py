"""A container's permission list, read and edited."""

from collections.abc import Callable, Sequence

from agent.acl import descriptor
from agent.acl.ace import Ace
from agent.acl.descriptor import SecurityDescriptor
from agent.acl.descriptor_reader import HIDDEN, Unreadable, read
from agent.acl.errors import DescriptorError
from agent.acl.rights import Right
from agent.config.settings import Features
from agent.ldap.connection import Connection, read_entry
from agent.ldap.controls import DACL
from agent.ldap.dn import same
from agent.ldap.entry import DESCRIPTOR, Modification
from wire.text import Text
from wizard.permissions.held_rights import TASK
from wizard.plan.change import StepFailed

Edit = Callable[[SecurityDescriptor, Ace], SecurityDescriptor]


def rights_of(features: Features) -> tuple[Right, ...]:
    """Give the least rights that what is switched on needs.

    Changing with the old password needs Change Password, which everybody has as users
    are made; it is granted only where that entry was taken away.
    """
    wanted = (True, features.unlock, features.must_change)
    always = tuple(right for right, on in zip(TASK, wanted, strict=True) if on)
    return (*always, Right.CHANGE_PASSWORD) if features.change else always


def refuse_protected(opened: Connection, container: str, base_dn: str) -> None:
    """Raise `StepFailed` for a protected account or group, or their template.

    The directory would take back the first, and would copy an entry on AdminSDHolder to
    every protected account within the hour (MS-ADTS 3.1.1.6.1).
    """
    entry = read_entry(opened, container, ("adminCount",))
    marked = entry is not None and entry.raw("adminCount") == b"1"
    if marked or same(container, f"CN=AdminSDHolder,CN=System,{base_dn}"):
        raise StepFailed(
            Text(
                "{container} is protected by AdminSDHolder; nothing is granted there.",
                container=container,
            ),
            Text("Name the containers of the people who reset their passwords."),
        )


def rewrite(
    opened: Connection, container: str, aces: Sequence[Ace], edit: Edit
) -> tuple[Ace, ...]:
    """Read the container's list, edit it, write it, and read it back.

    Gives the entries that were not as wanted before; the others were there, or gone, by
    somebody else's doing. Raises `StepFailed` where it can't be read, or is not as
    written, and `DirectoryError` where it was refused.
    """
    before = descriptor_of(opened, container)
    after, written = _edited(before, container, aces, edit)
    wanted = [descriptor.has_ace(after, ace) for ace in aces]
    had = [descriptor.has_ace(before, ace) for ace in aces]
    if after == before:
        return ()
    change = Modification("replace", DESCRIPTOR, (written,))
    opened.modify(container, (change,), (DACL,))
    now = descriptor_of(opened, container)
    if [descriptor.has_ace(now, ace) for ace in aces] != wanted:
        raise StepFailed(
            Text(
                "{host} took the permissions of {container} but shows others.",
                host=opened.host,
                container=container,
            ),
            Text("Look whether something else writes them, such as a script."),
        )
    pairs = zip(aces, had, wanted, strict=True)
    return tuple(ace for ace, was, now_is in pairs if was != now_is)


def _edited(
    before: SecurityDescriptor, container: str, aces: Sequence[Ace], edit: Edit
) -> tuple[SecurityDescriptor, bytes]:
    """Edit a list; one that takes no entry is told with what to do."""
    after = before
    try:
        for ace in aces:
            after = edit(after, ace)
        return after, after.to_bytes()
    except DescriptorError as error:
        if before.dacl is None:
            raise StepFailed(
                Text(
                    "{container} has no permission list (a NULL DACL): everybody may "
                    "do everything there, and one entry would lock everybody out.",
                    container=container,
                ),
                Text("Give it a list in Active Directory Users and Computers first."),
            ) from error
        raise StepFailed(
            Text(
                "The permissions of {container} take no more entries: {error}.",
                container=container,
                error=str(error),
            ),
            Text(
                "Take away entries that nobody needs, such as those of deleted "
                "accounts."
            ),
        ) from error


def descriptor_of(opened: Connection, container: str) -> SecurityDescriptor:
    """Read a container's descriptor; `StepFailed`: it is hidden, or not understood."""
    entry = read_entry(opened, container, (DESCRIPTOR,), (DACL,))
    descriptor = read(entry.descriptor if entry else None)
    if descriptor is HIDDEN:
        raise StepFailed(
            Text("The permissions of {container} can't be read.", container=container),
            Text("Sign in with an account that may read and write them."),
        )
    if isinstance(descriptor, Unreadable):
        what = Text(
            "The permissions of {container} can't be understood: {why}.",
            container=container,
            why=descriptor.reason,
        )
        raise StepFailed(what, Text("Look at them with dsacls."))
    return descriptor
