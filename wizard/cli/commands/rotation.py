"""Rotate keys, rotate the password: what is replaced while the agent goes on."""

from datetime import UTC, datetime, timedelta

from agent.config.secret_store import DIRECTORY_PASSWORD, LISTEN_KEY
from agent.config.settings import Settings
from wire.text import Text, day
from wizard.cli.command import SECRETS, YES, Argument, Command
from wizard.cli.commands.apply import carry_out
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation, settings_in_force
from wizard.cli.output import Exit, Result
from wizard.inputs import Rotation

_OLDER_THAN = Argument(
    "--older-than",
    type=int,
    metavar="DAYS",
    help="do nothing where it was replaced since; for a timer",
)

_MOST_DAYS = 3650
_CLOCKS = timedelta(hours=1)  # how far a clock may be set back at the most


def _rotate(call: Invocation, rotation: Rotation, named: str) -> Result:
    """Replace what is chosen, unless it is young enough; `named`: whose age counts."""
    settings = settings_in_force(call.controller)
    young = _young(call, named)
    if young is not None:
        return young
    return _carry_out(call, settings, rotation)


def _carry_out(call: Invocation, settings: Settings, rotation: Rotation) -> Result:
    secrets = call.secrets.rotating(rotation)
    return carry_out(call.controller, settings, secrets, call.confirm)


def _young(call: Invocation, named: str) -> Result | None:
    days: int | None = call.arguments.older_than
    if days is None:
        return None
    if not 1 <= days <= _MOST_DAYS:
        most = str(_MOST_DAYS)
        what = Text("--older-than takes 1 to {most} days.", most=most)
        raise BadUsage(what, Text("Give --older-than DAYS."))
    stored = call.host.secrets.stored_at(named)
    if stored is None:
        return None
    age = datetime.now(UTC) - stored
    # what was stored in the future was stored by a wrong clock
    if not -_CLOCKS <= age < timedelta(days=days):
        return None
    text = Text("Nothing to do: it was replaced on {day}.", day=day(stored))
    return Result(Exit.DONE, text, {"changes": [], "replaced": stored.isoformat()})


def _rotate_keys(call: Invocation) -> Result:
    chosen = Rotation(sealing=call.arguments.sealing, shared=call.arguments.shared)
    if chosen == Rotation():
        chosen = Rotation(sealing=True, shared=True)
    return _rotate(call, chosen, LISTEN_KEY)


ROTATE_KEYS = Command(
    "rotate-keys",
    Text("replace the agent's keys without a code; the fingerprint stays"),
    (
        Argument(
            "--sealing",
            action="store_true",
            help="only the key that portals seal to; it rolls every 30 days by itself",
        ),
        Argument(
            "--shared",
            action="store_true",
            help="only the keys shared with the relay",
        ),
        _OLDER_THAN,
        SECRETS,
        YES,
    ),
    _rotate_keys,
)
ROTATE_PASSWORD = Command(
    "rotate-password",
    Text("replace the password of the service account in the directory"),
    (_OLDER_THAN, SECRETS, YES),
    lambda call: _rotate(call, Rotation(password=True), DIRECTORY_PASSWORD),
)
