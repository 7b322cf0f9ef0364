"""The password of the agent's account is replaced, and the new one proven first.

The new one is stored beside the old one before the directory learns it, so that whoever
is cut off anywhere finds one of the two that lets in. What the directory has learned
stays, also when a plan is taken back: it takes no password back that it had.
"""

from collections.abc import Sequence

from agent.active_directory import users
from agent.config.secret_store import DIRECTORY_PASSWORD
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
            "Replaces the password of {account}; the new one is proven before the "
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
        was_cut_off = following is not None
        if following is None:
            following = accounts.new_password()
            secrets.put(NEXT_PASSWORD, following)
        if not (was_cut_off and _lets_in(directory, following)):
            self._replace(directory, following, context)
            _prove(directory, following)
        secrets.put(DIRECTORY_PASSWORD, following)
        secrets.remove(NEXT_PASSWORD)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        secrets, directory = context.host.secrets, directory_of(begun.change.after)
        following = usable(NEXT_PASSWORD, secrets)
        if following is None:
            return  # nothing was begun, or all was done
        if _lets_in(directory, following):
            secrets.put(DIRECTORY_PASSWORD, following)
        secrets.remove(NEXT_PASSWORD)

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        account = directory_of(begun.change.after).sign_in_name
        return Text("The password of {account}, old or new.", account=account)

    def verify(self, target: Target) -> Sequence[Check]:
        age = directory_password(target.context.host)
        return age_rows(age, Text("Replace it with writeback rotate-password."))

    def _replace(
        self, directory: DirectorySettings, new: Secret, context: Context
    ) -> None:
        try:
            _order(directory, new, context)
        except DirectoryError as error:
            if error.result is None:
                raise  # nobody knows whether it was learned
            context.host.secrets.remove(NEXT_PASSWORD)
            raise _refused(error) from error


def _lets_in(directory: DirectorySettings, password: Secret) -> bool:
    try:
        open_first(directory, directory.sign_in_name, password).close()
    except SignInRefused:
        return False
    return True


def _prove(directory: DirectorySettings, password: Secret) -> None:
    if not _lets_in(directory, password):
        what = Text("The new password does not let in; the old one is kept.")
        raise StepFailed(what, Text("Try again when the controllers agree."))


def _order(directory: DirectorySettings, new: Secret, context: Context) -> None:
    """Have the directory take it: proven by the old one, or as an administrator."""
    if context.inputs.admin is not None:
        with as_admin(directory, context) as opened:
            users.reset(opened, _dn(opened, directory), new, hints=None)
        return
    old = stored_password(directory, context)
    if old is None:
        what = Text("The stored password is of no use.")
        raise StepFailed(what, Text("Run writeback repair."))
    with open_first(directory, directory.sign_in_name, old) as opened:
        users.change(opened, _dn(opened, directory), old, new)


def _refused(error: DirectoryError) -> NothingDone:
    what = Text("{host}: {why}", host=error.host, why=sentence(error.what))
    remedy = Text(
        "A policy may ask for a day between two changes. An administrator's name and "
        "password, given by --secrets-fd, replace it all the same."
    )
    return NothingDone(what, remedy)


def _dn(opened: Connection, directory: DirectorySettings) -> str:
    return accounts.needed(opened, directory).dn
