r"""The reference client from a shell: a portal's keys, and requests to agents.

    python -m docs.portal --portal portal.json new-keys ISSUER RELAY_URL > statement
    python -m docs.portal --portal portal.json code RELAY-HALF
    python -m docs.portal --portal portal.json link RELAY-HALF --agent sync-01
    python -m docs.portal --portal portal.json --fingerprint "AB12 ..." \
        reset AGENT userPrincipalName anna@corp.example
    python -m docs.portal --portal portal.json --fingerprint "AB12 ..." ready AGENT

Passwords are asked for, or read from the lines of standard input. What was seen of the
agents is kept beside portal.json, in portal.seen.json.
"""

import argparse
import getpass
import http.client
import json
import sys
import time
from pathlib import Path
from typing import Any

from docs.portal_client import Agent, Client, Portal, Seen, WireError
from docs.portal_keys import (
    BadHalfError,
    enrolment_link,
    fingerprint,
    new_portal,
    statement,
    whole_code,
)
from docs.portal_succession import next_keys, succeed, succession

IDENTIFIERS = (
    "objectGUID",
    "ms-DS-ConsistencyGuid",
    "userPrincipalName",
    "mail",
    "sAMAccountName",
)


def main() -> int:
    """Do what is asked; exit 0 when the answer's code is ok, 2 when none came."""
    arguments = _arguments()
    try:
        return int(arguments.run(arguments))
    except (WireError, BadHalfError, OSError, http.client.HTTPException) as error:
        # what a relay sends never moves the cursor
        print(str(error).encode("unicode_escape").decode(), file=sys.stderr)
        return 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Talk to a Writeback agent.")
    parser.add_argument("--portal", type=Path, required=True, help="portal.json")
    parser.add_argument("--fingerprint", help="the agent's, from its administrator")
    verbs = parser.add_subparsers(dest="verb", required=True)
    new = verbs.add_parser("new-keys", help="make portal.json; prints its statement")
    new.add_argument("issuer", help="this portal's URI, as the relay registers it")
    new.add_argument("relay", help="URL of the relay")
    new.add_argument("--relay-ca", help="PEM file, where the system does not trust it")
    new.set_defaults(run=_new_keys)
    stated = "sign who this portal is, for the relay's owner to register"
    verbs.add_parser("statement", help=stated).set_defaults(run=_statement)
    code = verbs.add_parser("code", help="join the portal's half to the relay's half")
    code.add_argument("half", help="what writeback-relay code printed")
    code.set_defaults(run=_code)
    link = verbs.add_parser("link", help="the same as a link, with the relay's address")
    link.add_argument("half", help="what writeback-relay code printed")
    link.add_argument("--agent", default="", help="what the agent is to be called")
    link.set_defaults(run=_link)
    _add_succession(verbs)
    asked = "ask whether an agent serves, and what its settings say"
    ready = verbs.add_parser("ready", help=asked)
    ready.add_argument("agent", help="its name at the relay")
    ready.set_defaults(run=_ready)
    for verb in ("reset", "change", "unlock", "check"):
        _add_request(verbs.add_parser(verb))
    return parser.parse_args()


def _add_succession(verbs: Any) -> None:
    made = verbs.add_parser("next-keys", help="make the portal's keys to come")
    made.set_defaults(run=_next_keys)
    done = verbs.add_parser("succeed", help="have an agent take the keys to come")
    done.set_defaults(run=_succeed)
    shown = verbs.add_parser(
        "succession", help="print what the relay's owner registers"
    )
    shown.set_defaults(run=_succession)
    for each in (done, shown):
        each.add_argument("agent", help="its name at the relay")


def _add_request(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("agent", help="its name at the relay")
    kinds = f"one of {', '.join(IDENTIFIERS)}"
    verb.add_argument("by", choices=IDENTIFIERS, metavar="by", help=kinds)
    verb.add_argument("value", help="the person, by that")
    proof = "a proof of identity taken just now, such as otp; as many as there are"
    verb.add_argument("--proof", action="append", default=[], help=proof)
    verb.set_defaults(run=_ask)


def _new_keys(arguments: argparse.Namespace) -> int:
    new_portal(arguments.portal, arguments.issuer, arguments.relay, arguments.relay_ca)
    return _statement(arguments)


def _statement(arguments: argparse.Namespace) -> int:
    print(f"fingerprint: {fingerprint(arguments.portal)}", file=sys.stderr)
    print(statement(arguments.portal))
    return 0


def _code(arguments: argparse.Namespace) -> int:
    print(whole_code(arguments.portal, arguments.half))
    return 0


def _link(arguments: argparse.Namespace) -> int:
    print(enrolment_link(arguments.portal, arguments.half, arguments.agent))
    return 0


def _next_keys(arguments: argparse.Namespace) -> int:
    following = next_keys(arguments.portal)
    print(f"fingerprint: {fingerprint(following)}", file=sys.stderr)
    print(following)
    return 0


def _succession(arguments: argparse.Namespace) -> int:
    print(succession(arguments.portal, arguments.agent).token.decode("ascii"))
    return 0


def _succeed(arguments: argparse.Namespace) -> int:
    client, agent = _agent(arguments)
    print(json.dumps(succeed(client, agent, arguments.portal), indent=2))
    return 0


def _agent(arguments: argparse.Namespace) -> tuple[Client, Agent]:
    if not arguments.fingerprint:
        sys.exit("--fingerprint is needed: without it the relay could be the agent")
    seen = Seen(arguments.portal.with_suffix(".seen.json"))
    client = Client(Portal.load(arguments.portal), seen=seen)
    return client, client.agent(arguments.agent, arguments.fingerprint)


def _ready(arguments: argparse.Namespace) -> int:
    client, agent = _agent(arguments)
    said = client.ready(agent)
    print(json.dumps(said, indent=2))
    return 0 if said["ready"] else 1


def _ask(arguments: argparse.Namespace) -> int:
    client, agent = _agent(arguments)
    answer = client.request(agent, arguments.verb, **_claims(arguments))
    print(json.dumps(answer, indent=2))
    return 0 if answer.get("code") == "ok" else 1


def _claims(arguments: argparse.Namespace) -> dict[str, Any]:
    now = int(time.time())
    claims: dict[str, Any] = {
        "user": {"by": arguments.by, "value": arguments.value},
        "methods": [{"method": name, "at": now} for name in arguments.proof],
    }
    typed = getpass.getpass if sys.stdin.isatty() else lambda _: input()
    if arguments.verb == "change":
        claims["old_password"] = typed("Old password: ")
    if arguments.verb in ("change", "reset"):
        claims["new_password"] = typed("New password: ")
    return claims


if __name__ == "__main__":
    sys.exit(main())
