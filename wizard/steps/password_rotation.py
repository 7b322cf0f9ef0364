"""The password of the agent's account is replaced, and the new one proven first.

The new one is stored beside the old one before the directory learns it, so that whoever
is cut off anywhere finds one of the two that lets in. What the directory has learned
stays, also when a plan is taken back: it takes no password back that it had.
"""

from collections.abc import Sequence

from agent.active_directory import users
from agent.config.secret_store import DIRECTORY_PASSWORD, Store
from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection
from agent.ldap.errors import DirectoryError, SignInRefused
from wire.failure import sentence
from wire.secret import Secret
from wire.text import Text
from wizard.directory import accounts
from wizard.directory.sign_in import as_admin, open_first, stored_password
from wizard.host.key_ages import directory_password
from wizard.host.stored_secrets import usable
from wizard.plan.change import (
    Begun,
    Change,
    Context,
    Facts,
    NothingDone,
    StepFailed,
    directory_of,
)
from wizard.plan.step import Restart, Step, Target
from wizard.results import Check
from wizard.steps.key_age_rows import age_rows
from wizard.steps.keys import NEXT_PASSWORD


class PasswordRotation(Step):
    """Replaces the directory password, as the account itself or an administrator."""

    name = "directory_password"
    restart = Restart.RESTART

    def plan(self, target: Target) -> Sequence[Change]:
        context, directory = target.context, target.settings.directory
        if not context.inputs.rotation.password:
            return ()
        if stored_password(directory, context) is None:
            what = Text("The stored password is of no use.")
            raise StepFailed(what, Text("Run writeback repair."))
        summary = Text(
            "Replaces the password of {account}; the new one is tried before the "
            "old one goes",
            account=directory.sign_in_name,
        )
        facts = {
            "names": [DIRECTORY_PASSWORD],
            "directory": directory.model_dump(mode="json"),
        }
        return (Change(self.name, summary, facts, facts),)

    def apply(self, change: Change, context: Context) -> Facts:
        secrets, directory = context.host.secrets, directory_of(change.after)
        following = usable(NEXT_PASSWORD, secrets)
        # one that the directory never learned is not tried: it would count as wrong
        if following is None or not _lets_in(directory, following):
            following = _order(directory, following, context)
            _prove(directory, following)
        _adopt(following, secrets)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        secrets, directory = context.host.secrets, directory_of(begun.change.after)
        following = usable(NEXT_PASSWORD, secrets)
        if following is None:
            return  # nothing was begun, or all was done
        if _lets_in(directory, following):
            _adopt(following, secrets)
            return
        # it stays stored: another controller may have learned it, and a locked account
        # lets none in; the next rotation tries it first
        if not _lets_in(directory, _stored(context)):
            raise _none_lets_in(directory)

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        account = directory_of(begun.change.after).sign_in_name
        return Text("The password of {account}, old or new.", account=account)

    def verify(self, target: Target) -> Sequence[Check]:
        age = directory_password(target.context.host)
        return age_rows(age, Text("Replace it with writeback rotate-password."))


def _lets_in(directory: DirectorySettings, password: Secret) -> bool:
    try:
        open_first(directory, directory.sign_in_name, password).close()
    except SignInRefused:
        return False
    return True


def _prove(directory: DirectorySettings, password: Secret) -> None:
    if not _lets_in(directory, password):
        what = Text("The new password is not accepted yet; both are kept.")
        raise StepFailed(what, Text("Try again when the controllers agree."))


def _adopt(following: Secret, secrets: Store) -> None:
    """Store what lets in as the password; in this order, so that one always stays."""
    secrets.put(DIRECTORY_PASSWORD, following)
    secrets.remove(NEXT_PASSWORD)


def _order(
    directory: DirectorySettings, following: Secret | None, context: Context
) -> Secret:
    """Have the directory take the next password, or a new one; give it.

    It is stored when the directory is about to learn it: of a sign-in that fails before
    that, nothing is left to be tried.
    """
    secrets = context.host.secrets
    with _signed_in(directory, context) as opened:
        dn, new = _dn(opened, directory), following or accounts.new_password()
        secrets.put(NEXT_PASSWORD, new)
        try:
            _set(opened, dn, new, context)
        except DirectoryError as error:
            if error.result is None:
                raise  # nobody knows whether it was learned
            if following is None or context.inputs.admin is None:
                # who refuses it took the old one just now: it is known to nobody
                secrets.remove(NEXT_PASSWORD)
            raise _refused(error) from error
    return new


def _signed_in(directory: DirectorySettings, context: Context) -> Connection:
    if context.inputs.admin is not None:
        return as_admin(directory, context)
    return open_first(directory, directory.sign_in_name, _stored(context))


def _set(opened: Connection, dn: str, new: Secret, context: Context) -> None:
    """Set it as an administrator, or change it as the account, by the old one."""
    if context.inputs.admin is not None:
        users.reset(opened, dn, new, hints=None)
    else:
        users.change(opened, dn, _stored(context), new)


def _stored(context: Context) -> Secret:
    stored = usable(DIRECTORY_PASSWORD, context.host.secrets)
    if stored is None:
        what = Text("The stored password is of no use.")
        raise StepFailed(what, Text("Run writeback repair."))
    return stored


def _none_lets_in(directory: DirectorySettings) -> StepFailed:
    what = Text(
        "Neither the old password of {account} nor the new one is accepted; both "
        "are kept.",
        account=directory.sign_in_name,
    )
    remedy = Text(
        "See that the account is not locked or disabled and that the controllers "
        "agree, then roll back again; writeback repair sets another password."
    )
    return StepFailed(what, remedy)


def _refused(error: DirectoryError) -> NothingDone:
    what = Text("{host}: {why}", host=error.host, why=sentence(error.what))
    remedy = Text(
        "A policy may ask for a day between two changes. Given an administrator's name "
        "and password, in the wizard or by --secrets-fd, it is replaced all the same."
    )
    return NothingDone(what, remedy)


def _dn(opened: Connection, directory: DirectorySettings) -> str:
    return accounts.needed(opened, directory).dn
