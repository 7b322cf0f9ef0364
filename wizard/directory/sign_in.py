"""Signing in to the directory for a step: as the administrator, or as the agent."""

from pathlib import Path
from typing import Any

from agent.config.secret_store import DIRECTORY_PASSWORD
from agent.config.settings import DirectorySettings
from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection, connect
from agent.ldap.errors import DirectoryError, SignInRefused, Unreachable
from wire.failure import sentence
from wire.secret import Secret
from wire.text import Text
from wizard.host.stored_secrets import trouble, usable
from wizard.plan.change import Context, StepFailed
from wizard.results import Check

_WAYS = ("controllers", "port", "ca", "ca_certificate")
NEEDS_ADMIN = Text(
    "Give an administrator of the domain; the account is used once and not stored."
)


def as_admin(settings: DirectorySettings, context: Context) -> Connection:
    """Sign in with the administrator's credentials; `StepFailed` where none were given.

    Raises `DirectoryError` where they were refused, or no controller answered.
    """
    admin = context.inputs.admin
    if admin is None:
        what = Text("This needs an administrator of the domain.")
        raise StepFailed(what, NEEDS_ADMIN, "admin")
    try:
        return open_first(settings, admin.user, admin.password)
    except SignInRefused as error:
        what = Text(
            "the administrator {user} was refused: {why}",
            user=admin.user,
            why=error.what,
        )
        remedy = Text(
            "give the name as user@domain or DOMAIN\\user, and the password again"
        )
        refused = (error.host, what, remedy, error.result, error.diagnostic)
        raise SignInRefused(*refused) from error


def prove_admin(settings: DirectorySettings, context: Context) -> None:
    """Sign in as the administrator once, before anything is begun.

    A typing mistake is then nothing that has to be taken back, which would try the
    wrong password a second time. Raises `StepFailed` where none were given or they were
    refused, `DirectoryError` where no controller answered.
    """
    try:
        as_admin(settings, context).close()
    except SignInRefused as error:
        what = Text("{refusal} Nothing was changed.", refusal=sentence(error.what))
        raise StepFailed(what, sentence(error.remedy)) from error


def as_agent(settings: DirectorySettings, context: Context) -> Connection:
    """Sign in with the agent's own account; `StepFailed` where no password is stored.

    Raises `DirectoryError` where it was refused, or no controller answered.
    """
    return open_first(settings, settings.sign_in_name, _password(settings, context))


def as_either(settings: DirectorySettings, context: Context) -> Connection:
    """Sign in to read: as the administrator where one is given, else as the agent."""
    sign_in = as_agent if context.inputs.admin is None else as_admin
    return sign_in(settings, context)


def sign_in_as(settings: DirectorySettings, context: Context) -> tuple[str, Secret]:
    """Choose whom to sign in as: the administrator where one is given."""
    admin = context.inputs.admin
    if admin is not None:
        return admin.user, admin.password
    return settings.sign_in_name, _password(settings, context)


def _password(settings: DirectorySettings, context: Context) -> Secret:
    password = context.inputs.account_password
    if password is not None:
        return password
    stored = stored_password(settings, context)
    if stored is None:
        raise _no_password(settings, context)
    if not _may_learn_it(settings, context):
        raise _only_in_force(settings, context)
    return stored


def _no_password(settings: DirectorySettings, context: Context) -> StepFailed:
    why = trouble(DIRECTORY_PASSWORD, context.host.secrets)
    user = settings.sign_in_name
    what = why or Text("The password of {user} is not stored here", user=user)
    remedy, needed = NEEDS_ADMIN, "admin"
    if settings.account.kind == "existing":
        remedy, needed = Text("Give the account's password."), "account_password"
    return StepFailed(Text("{what}.", what=what), remedy, needed)


def _only_in_force(settings: DirectorySettings, context: Context) -> StepFailed:
    what = Text(
        "The stored password of {user} goes to the controllers in force alone, by the "
        "CA in force.",
        user=settings.sign_in_name,
    )
    if settings.account.kind == "existing":
        remedy = Text(
            "Give the account's password, or have an administrator of this machine "
            "allow the change."
        )
        return StepFailed(what, remedy, "account_password")
    if context.inputs.admin is None:
        remedy = Text(
            "Give an administrator of the domain, or have an administrator of this "
            "machine allow the change."
        )
        return StepFailed(what, remedy, "admin")
    remedy = Text("Have an administrator of this machine allow the change.")
    return StepFailed(what, remedy)


def stored_password(settings: DirectorySettings, context: Context) -> Secret | None:
    """Give the password that is stored for the agent's account; not to be sent as is.

    That of another account in force is none: trying it would count towards a lockout.
    """
    in_force = context.settings
    own = settings.sign_in_name.casefold()
    if in_force and in_force.directory.sign_in_name.casefold() != own:
        return None
    return usable(DIRECTORY_PASSWORD, context.host.secrets)


def _may_learn_it(settings: DirectorySettings, context: Context) -> bool:
    """Say whether the controllers named may be told the stored password.

    Those in force may: the agent itself signs in there. Others, or the same trusted
    otherwise, only for who may change this machine, and so could have the agent sign
    in there: who may look would learn it from a server and a certificate of theirs.
    One more controller that DNS or the CA in force vouches for is another too: any
    server of the domain has a certificate in its name.
    """
    in_force = context.settings
    if in_force is not None:
        directory = in_force.directory
        fewer = set(settings.controllers) <= set(directory.controllers)
        if fewer and trust_of(settings) == trust_of(directory):
            return True
    return context.may_change()


def trust_of(settings: DirectorySettings) -> tuple[Any, ...]:
    """Give by what a server is taken for a controller of the domain."""
    return settings.domain, settings.port, settings.ca, settings.ca_certificate


def open_first(settings: DirectorySettings, user: str, password: Secret) -> Connection:
    """Sign in to the first controller that answers; else raise the last one's error.

    A refused sign-in ends the search, as trying on would lock the account.
    """
    last: DirectoryError | None = None
    for each in settings.controllers:
        try:
            return connect(endpoint(each.host, each.address, settings), user, password)
        except Unreachable as error:
            last = error
    assert last is not None  # the settings name at least one controller
    raise last


def endpoint(host: str, address: str | None, settings: DirectorySettings) -> Endpoint:
    """Say where a controller is, and how to trust it."""
    ca = Path(settings.ca) if settings.ca else None
    return Endpoint(host, address, settings.port, ca, settings.ca_certificate)


def reached_now(
    known: DirectorySettings, today: DirectorySettings
) -> DirectorySettings:
    """Reach the domain of an earlier plan by the controllers of today.

    Those of then may be replaced, and their certificates issued by another CA. Another
    domain is reached as it was.
    """
    if known.domain.casefold() != today.domain.casefold():
        return known
    return known.model_copy(update={name: getattr(today, name) for name in _WAYS})


def finding(check_id: str, title: Text, error: DirectoryError | StepFailed) -> Check:
    """Tell what could not be looked at, in whole sentences."""
    what, remedy = sentence(error.what), sentence(error.remedy)
    return Check(check_id, title, "failed", what, remedy)
