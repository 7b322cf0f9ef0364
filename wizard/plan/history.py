"""What this machine made and has not taken back: read from its sealed journals.

Journals of older versions tell less; that is known here and nowhere else. Those of a
copied machine are the original's, and so is what they tell of.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from agent.config.settings import DirectorySettings
from agent.ldap.dn import parse as parse_dn
from wizard.plan import journal
from wizard.plan.change import Begun, Context, Facts, directory_of


@dataclass(frozen=True)
class MadeAccount:
    """An account that this machine made, or took over.

    Attributes:
        directory: where, and how it was reached then.
        mark: what its `info` says while it still is this machine's; empty where an
            older journal does not tell.

    """

    directory: DirectorySettings
    mark: str


def account_key(directory: DirectorySettings) -> str:
    """Give the name by which accounts are told apart; Active Directory folds case."""
    return directory.sign_in_name.casefold()


def made_accounts(context: Context) -> Sequence[MadeAccount]:
    """Give the accounts that were made and not deleted since, oldest first."""
    accounts: dict[str, MadeAccount] = {}
    for entry in _own(context, "account", "former"):
        change = entry.change
        if change.after is None:
            accounts.pop(account_key(directory_of(change.before)), None)
        elif change.after["kind"] == "new":
            directory = directory_of(change.after)
            mark = str((entry.made or {}).get("info") or "")
            accounts[account_key(directory)] = MadeAccount(directory, mark)
    return tuple(accounts.values())


def granted(context: Context) -> list[Facts]:
    """Give what is granted, to whom and where.

    Each with the rights by the names of `Grant`, the container as it was named when
    something was last done there, its `guid`, and the account's `sid`.
    """
    grants: dict[Hashable, Facts] = {}
    for entry in _own(context, "grants"):
        facts = entry.change.after or entry.change.before
        if facts is None or entry.made is None:
            continue
        facts = {**facts, "sid": str(entry.made["sid"])}
        facts["guid"] = entry.made.get("guid") or facts.get("guid")
        facts.pop("stood", None)
        key = facts["guid"] or parse_dn(facts["container"]), facts["sid"]
        earlier = grants.pop(key, {"rights": []})["rights"]
        revoked = entry.change.after is None
        # what stood there already is not ours; journals of old do not tell
        added = [] if revoked else entry.made.get("rights", facts["rights"])
        over = facts["rights"] if revoked else added  # somebody else removed those
        rights = [*(name for name in earlier if name not in over), *added]
        if rights:
            grants[key] = {**facts, "rights": rights}
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


def _own(context: Context, *steps: str) -> Iterator[Begun]:
    if context.belongs_to_original:
        return
    for entry in journal.sealed(context.host.places.journal):
        if entry.change.step in steps:
            yield entry
