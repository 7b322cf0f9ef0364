"""`writeback self-service`: what is decided of it, and why one person can't reset."""

from collections.abc import Iterable
from functools import partial
from typing import get_args

from agent.config.settings import Settings
from agent.self_service.published import published
from wire.names import Identifier
from wire.text import Text
from wizard.cli.command import SECRETS, SETTINGS, Argument, Command, Group
from wizard.cli.commands.permissions import chain_rows, explained_by, link_data
from wizard.cli.commands.rollout import GUIDE
from wizard.cli.invocation import Invocation, inspect_directory
from wizard.cli.output import Exit, Result, labelled, lines
from wizard.controller.permissions import Permissions
from wizard.inputs import Inputs
from wizard.permissions.self_service_chain import stops

_NOBODY = Text("Self-service is for nobody (self_service.who is none).")
_WHO = {
    "none": Text("nobody"),
    "groups": Text("members of the groups"),
    "all": Text("everybody in the scope"),
}


def shown(settings: Settings) -> Result:
    """Show what the settings say, as a portal is told it and with whom it is for."""
    wished, told = settings.self_service, published(settings)["self_service"]
    data = wished.model_dump(mode="json", exclude={"banned_words"})
    data["banned_words"] = len(wished.banned_words)
    rows = {
        Text("For"): _WHO[wished.who],
        Text("Groups"): _listed(wished.groups),
        Text("Exceptions"): _listed(wished.exceptions),
        Text("Always two"): _listed(wished.two_proof_groups),
        Text("People may"): _listed(told["operations"]),
        Text("Help desk may"): _listed(told["help_desk"]),
        Text("Methods asked"): str(wished.proofs),
        Text("Methods"): _listed(told["kinds"]),
        Text("Receipts"): wished.receipts,
        Text("Peers"): _listed([each.fingerprint for each in wished.peers]),
        Text("Help line"): _listed(told["help"].values()),
    }
    text = lines(*labelled(rows)) if wished.on else _NOBODY
    return Result(Exit.DONE, text, {"self_service": data})


def check(
    permissions: Permissions,
    settings: Settings,
    inputs: Inputs,
    by: Identifier | None,
    value: str,
) -> Result:
    """Say link by link whether one person can reset their own password."""
    explained = explained_by(permissions, settings, inputs, by, value)
    chain, verdict = explained.self_service, explained.verdict
    asked = Text("Asked of {controller}", controller=explained.controller)
    code = Exit.FINDINGS if stops(chain) else Exit.DONE
    data = {
        "dn": verdict.dn,
        "guid": str(verdict.guid),
        "controller": explained.controller,
        "self_service": [link_data(link) for link in chain],
    }
    return Result(code, lines(verdict.dn, asked, "", *chain_rows(chain)), data)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)


def _check(invocation: Invocation) -> Result:
    arguments, permissions = invocation.arguments, invocation.controller.permissions
    who = {"by": arguments.by, "value": arguments.user}
    return inspect_directory(invocation, partial(check, permissions, **who))


SELF_SERVICE = Group(
    "self-service",
    Text("who may reset their own password, and why one person can't"),
    (
        Command(
            "show",
            Text("show what the settings say of it"),
            (SETTINGS,),
            lambda call: shown(call.settings()),
            reads=True,
        ),
        Command(
            "check",
            Text("say link by link whether one person can reset their own password"),
            (
                SETTINGS,
                SECRETS,
                Argument(
                    "user",
                    metavar="NAME",
                    help="their sign-in name, account name, GUID or sign-in attribute",
                ),
                Argument(
                    "--by",
                    choices=get_args(Identifier),
                    help="the attribute that NAME is of; by its form otherwise",
                ),
            ),
            _check,
            reads=True,
        ),
        GUIDE,
    ),
)
