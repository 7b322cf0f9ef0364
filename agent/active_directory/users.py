"""Users in the directory: find one, set a password, unlock, read the policy.

What is read before a write is one cheap search; what is constructed for it (the
resultant policy, the computed flags) is read only to explain, or to check. The
permissions are read always: they tell an attribute that is not set from a hidden one.
Whatever asks the directory raises DirectoryError where it does not answer or refuses;
a write is sent once, and TimedOut means that nobody knows whether it was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent.acl.errors import DescriptorError
from agent.acl.rights import classes_of
from agent.acl.sid import Sid
from agent.active_directory.identifiers import UserFilter, nobody, several
from agent.ldap.connection import Connection, read_entry
from agent.ldap.controls import (
    OWNER_GROUP_DACL,
    POLICY_HINTS,
    POLICY_HINTS_OLD,
    Control,
    policy_hints,
)
from agent.ldap.dn import split
from agent.ldap.entry import Entry, Modification, RootDse
from agent.ldap.errors import DirectoryError, NoSuchObject
from agent.ldap.filters import member_filter, people_filter
from agent.verdict import account, password_policy
from agent.verdict.attributes import AttributeReader, AttributeUnreadable
from agent.verdict.password_policy import PasswordPolicy
from wire.outcomes import Code, Refused
from wire.secret import Secret
from wire.text import Text

STATE = (
    *("objectGUID", "objectSid", "objectClass", "sAMAccountName", "displayName"),
    *("userAccountControl", "pwdLastSet", "lockoutTime", "accountExpires"),
    *("adminCount", "primaryGroupID", "memberOf", "nTSecurityDescriptor"),
    "servicePrincipalName",
)
DETAIL = (*STATE, "msDS-User-Account-Control-Computed", "msDS-ResultantPSO")
_MOST_ALIKE = 20  # of names that a directory takes for one; of more nobody is chosen
_DOMAIN_POLICY = (
    *("minPwdLength", "pwdProperties", "pwdHistoryLength", "minPwdAge", "maxPwdAge"),
    *("lockoutThreshold", "lockoutDuration", "lockOutObservationWindow"),
)
_PSO = (
    *("msDS-MinimumPasswordLength", "msDS-PasswordComplexityEnabled"),
    *("msDS-PasswordHistoryLength", "msDS-MinimumPasswordAge"),
    *("msDS-MaximumPasswordAge", "msDS-LockoutThreshold", "msDS-LockoutDuration"),
    "msDS-LockoutObservationWindow",
)


@dataclass(frozen=True)
class User:
    """One user as found."""

    entry: Entry
    guid: UUID

    @property
    def dn(self) -> str:
        """Where the user is."""
        return self.entry.dn

    @property
    def pwd_last_set(self) -> int:
        """When the password was set, as the directory counts; -1 when hidden."""
        value = self.entry.number("pwdLastSet")
        return -1 if value is None else value

    @property
    def sid(self) -> Sid | None:
        """The objectSid; None when it is hidden or malformed."""
        return self.entry.sid

    @property
    def classes(self) -> frozenset[UUID]:
        """The GUID of the most specific class; empty for one that is not known."""
        return classes_of(self.entry.texts("objectClass"))


@dataclass(frozen=True)
class WrongPasswords:
    """How many wrong passwords a controller counts, and when the last one came."""

    count: int
    last: datetime | None


def find(
    directory: Connection, base_dn: str, whom: UserFilter, *, detail: bool = False
) -> User:
    """Find the one user of the domain that an identifier means.

    With `detail` also what only an explanation needs. Whom the directory takes for the
    same name, and is not, is left out. Refused as user_not_found or several_users.
    """
    found = directory.search(
        base_dn,
        people_filter(f"({whom.assertion})"),
        (*(DETAIL if detail else STATE), whom.attribute),
        controls=(OWNER_GROUP_DACL,),
        paged=False,
        limit=_MOST_ALIKE,
    )
    alike = list(found)
    entries = [entry for entry in alike if whom.means(entry)]
    if len(entries) > 1 or len(alike) >= _MOST_ALIKE:
        raise several(whom.by, whom.value)
    if not entries:
        raise nobody(whom.by, whom.value)
    return user_of(entries[0])


def read_again(directory: Connection, dn: str) -> User:
    """Read everything about one user, to explain a refusal or to check."""
    return user_of(needed_entry(directory, dn, DETAIL, (OWNER_GROUP_DACL,)))


def needed_entry(
    directory: Connection,
    dn: str,
    attributes: Sequence[str],
    controls: Sequence[Control] = (),
) -> Entry:
    """Read one object; NoSuchObject where it is gone, or hidden as a whole."""
    entry = read_entry(directory, dn, attributes, controls)
    if entry is None:
        what = Text("the object is gone, or hidden from the account")
        raise NoSuchObject(directory.host, what, Text("look for it in the directory"))
    return entry


def read_pwd_last_set(directory: Connection, dn: str) -> int:
    """Read when a user's password was set; -1 when it is hidden."""
    value = needed_entry(directory, dn, ("pwdLastSet",)).number("pwdLastSet")
    return -1 if value is None else value


def read_wrong_passwords(directory: Connection, dn: str) -> WrongPasswords | None:
    """Read how many wrong passwords this controller counts; None where it is hidden.

    badPwdCount is no replicated attribute (MS-ADA1 2.83); nor is badPasswordTime.
    """
    wanted = ("badPwdCount", "badPasswordTime")
    read = AttributeReader(dn, needed_entry(directory, dn, wanted).attributes)
    count = read.optional("badPwdCount")
    if count is None:
        return None
    last = read.moment("badPasswordTime", read.optional("badPasswordTime") or 0)
    return WrongPasswords(count, last)


def read_pdc_emulator(directory: Connection, base_dn: str) -> str:
    """Read which controller counts all wrong passwords; empty where that is hidden.

    It holds the PDC emulator's role (MS-ADTS 3.1.1.1.11); the server is above its
    settings object.
    """
    role = needed_entry(directory, base_dn, ("fSMORoleOwner",)).text("fSMORoleOwner")
    server = ",".join(split(role or "")[1:])
    entry = read_entry(directory, server, ("dNSHostName",)) if server else None
    return ((entry and entry.text("dNSHostName")) or "").lower()


def user_of(entry: Entry) -> User:
    """Take an entry searched with `STATE` as a user; Refused without objectGUID."""
    guid = entry.guid("objectGUID")
    if guid is None:
        hidden = Text("objectGUID is hidden from the agent")
        raise Refused(Code.PERMISSION_DENIED, hidden)
    return User(entry, guid)


def hints_of(root: RootDse, *, wanted: bool) -> Control | None:
    """Choose the policy-hints control that a controller offers."""
    for oid in (POLICY_HINTS, POLICY_HINTS_OLD):
        if wanted and oid in root.supported_controls:
            return policy_hints(oid)
    return None


def _spelled(password: Secret) -> bytes:
    """Spell a password as unicodePwd takes it (MS-ADTS 3.1.1.3.1.5)."""
    return f'"{password.reveal()}"'.encode("utf-16-le", "surrogatepass")


def reset(
    directory: Connection, dn: str, new: Secret, *, hints: Control | None
) -> None:
    """Set a password."""
    change = Modification("replace", "unicodePwd", (_spelled(new),))
    directory.modify(dn, (change,), () if hints is None else (hints,))


def change(directory: Connection, dn: str, old: Secret, new: Secret) -> None:
    """Change a password, which the old one proves."""
    delete = Modification("delete", "unicodePwd", (_spelled(old),))
    add = Modification("add", "unicodePwd", (_spelled(new),))
    directory.modify(dn, (delete, add))


def unlock(directory: Connection, dn: str) -> None:
    """Unlock an account; clears the count of wrong passwords too."""
    directory.modify(dn, (Modification("replace", "lockoutTime", (b"0",)),))


def must_change(directory: Connection, dn: str) -> None:
    """Make the user change the password at the next sign-in."""
    directory.modify(dn, (Modification("replace", "pwdLastSet", (b"0",)),))


def read_policy(
    directory: Connection, base_dn: str, pso_dn: str | None
) -> PasswordPolicy:
    """Read the policy that holds for a user: their PSO, else the domain's.

    What is hidden is AttributeUnreadable, never a lenient default.
    """
    source, names = (pso_dn, _PSO) if pso_dn else (base_dn, _DOMAIN_POLICY)
    try:
        entry = read_entry(directory, source, names)
    except DirectoryError as error:
        if error.result is None:
            raise
        entry = None
    if entry is None:
        raise AttributeUnreadable(source, names[0], Text("is hidden"))
    make = password_policy.from_pso if pso_dn else password_policy.from_domain
    return make(source, entry.attributes)


def account_of(user: User) -> account.Account:
    """Read the state of a user's account; AttributeUnreadable where it is hidden."""
    return account.account_from(user.dn, user.entry.attributes)


def in_group(directory: Connection, group_dn: str, user_dn: str) -> bool:
    """Say whether a user is in a group, through any number of groups."""
    query, wanted = member_filter(group_dn), ("objectGUID",)
    entries = directory.search(user_dn, query, wanted, scope="base", paged=False)
    return next(iter(entries), None) is not None


def own_sids(directory: Connection) -> frozenset[Sid]:
    """Read the agent's whole token (rootDSE tokenGroups)."""
    sids = needed_entry(directory, "", ("tokenGroups",)).values("tokenGroups")
    if not sids:  # nobody is in no group: every right would look as if missing
        what = Text("it does not say which groups the account is in (tokenGroups)")
        raise DirectoryError(directory.host, what, Text("use another controller"))
    return sids_of(directory, sids)


def sids_of(directory: Connection, values: Sequence[bytes]) -> frozenset[Sid]:
    """Read the SIDs of tokenGroups; DirectoryError where one is none."""
    try:
        return frozenset(map(Sid.parse, values))
    except DescriptorError:
        what = Text("it gives groups that are no SIDs (tokenGroups)")
        remedy = Text("use another controller")
        raise DirectoryError(directory.host, what, remedy) from None
