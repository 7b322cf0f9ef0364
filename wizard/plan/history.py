"""What this machine made and has not taken back: read from its sealed journals.

Journals of older versions tell less; that is known here and nowhere else. Those of a
copied machine are the original's, and so is what they tell of.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from agent.config.settings import DirectorySettings
from agent.ldap.dn import parse as parse_dn
from wizard.plan import journal
from wizard.plan.change import Begun, Change, Context, Facts, directory_of

# begins what an account's `info` says; the plan's id follows
MARK = "writeback:"


@dataclass(frozen=True)
class MadeAccount:
    """An account that this machine made, or took over, and how it was reached then.

    `mark` is what its `info` says while it still is this machine's; empty where an
    older journal does not tell.
    """

    directory: DirectorySettings
    mark: str


@dataclass(frozen=True)
class GrantRecord:
    """Entries of an account on a container, as a change and what came of it tell.

    `rights` are names of `Grant`; `stood` are those of an earlier setup that this
    machine takes over, `added` those that were not there before. `sid` is the
    account's, empty where it was not looked up yet; `guid` the container's objectGUID.
    What is None was not noted.
    """

    directory: DirectorySettings
    container: str
    rights: tuple[str, ...]
    stood: tuple[str, ...] = ()
    sid: str = ""
    guid: str | None = None
    added: tuple[str, ...] | None = None

    @classmethod
    def of(cls, change: Change, made: Facts | None = None) -> Self:
        """Read the facts of a change, and what came of it where that is known."""
        facts = {**(change.after or change.before or {}), **(made or {})}
        added = facts.get("added")
        return cls(
            directory_of(facts),
            str(facts["container"]),
            tuple(facts["rights"]),
            tuple(facts.get("stood", ())),
            str(facts.get("sid") or ""),
            facts.get("guid"),
            None if added is None else tuple(added),
        )

    def facts(self) -> dict[str, Any]:
        """Give the facts of a change, as `of` reads them."""
        directory = self.directory.model_dump(mode="json")
        facts = {"container": self.container, "rights": list(self.rights)}
        if self.sid:
            return facts | {"directory": directory, "sid": self.sid, "guid": self.guid}
        return facts | {"directory": directory, "stood": list(self.stood)}


def account_key(directory: DirectorySettings) -> str:
    """Give the name by which accounts are told apart; Active Directory folds case."""
    return directory.sign_in_name.casefold()


def made_accounts(context: Context) -> Sequence[MadeAccount]:
    """Give the accounts that were made and not deleted since, oldest first."""
    accounts: dict[str, MadeAccount] = {}
    for plan_id, entry in _own(context, "account", "former"):
        change = entry.change
        if change.after is None:
            accounts.pop(account_key(directory_of(change.before)), None)
        elif change.after["kind"] == "new":
            directory = directory_of(change.after)
            # one that was cut off and given up has its mark from the first moment
            cut_off = {"info": f"{MARK}{plan_id}"}
            made = cut_off if entry.made is None else entry.made
            mark = str(made.get("info") or "")
            accounts[account_key(directory)] = MadeAccount(directory, mark)
    return tuple(accounts.values())


def granted(context: Context) -> list[GrantRecord]:
    """Give what is granted, to whom and where; each container as it was named last."""
    grants: dict[Hashable, GrantRecord] = {}
    for _, entry in _own(context, "grants"):
        if entry.made is None:
            continue
        record = GrantRecord.of(entry.change, entry.made)
        key = record.guid or parse_dn(record.container), record.sid
        earlier = grants.pop(key).rights if key in grants else ()
        revoked = entry.change.after is None
        # what stood there already is not ours; journals of old do not tell
        added = () if revoked else record.rights
        # of what was to be revoked, somebody else may have removed some
        over = GrantRecord.of(entry.change).rights if revoked else added
        rights = (*(name for name in earlier if name not in over), *added)
        if rights:
            grants[key] = replace(record, rights=rights, stood=())
    return list(grants.values())


def applied_settings(context: Context) -> str | None:
    """Give the text of the settings that were applied last; None where none were."""
    text = None
    for entry in journal.sealed(context.host.places.journal):
        after = entry.change.after
        # a path names a file of another version that was kept
        if entry.change.step == "settings" and "path" not in (after or {}):
            text = None if after is None else str(after["text"])
    return text


def enrolment_stands(context: Context) -> bool:
    """Say whether the enrolment of this very plan is not taken back (yet)."""
    open_journal = journal.find_open(context.host.places.journal)
    if open_journal is None or open_journal.id != context.plan_id:
        return False
    return any(entry.change.step == "enrolment" for entry in open_journal.begun())


def _own(context: Context, *steps: str) -> Iterator[tuple[str, Begun]]:
    if context.belongs_to_original:
        return
    for plan, entry in journal.not_taken_back(context.host.places.journal):
        if entry.change.step in steps:
            yield plan.id, entry
