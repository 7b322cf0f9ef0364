"""All commands in order, as the help, the manual and the completion list them."""

from wizard.cli.command import Command, Group
from wizard.cli.commands.apply import APPLY, PLAN, REKEY, REPAIR
from wizard.cli.commands.audit import AUDIT
from wizard.cli.commands.breaker import BREAKER
from wizard.cli.commands.deny import DENY
from wizard.cli.commands.diagnose import DIAGNOSE
from wizard.cli.commands.directory import DIRECTORY
from wizard.cli.commands.permissions import PERMISSIONS
from wizard.cli.commands.remove import REMOVE
from wizard.cli.commands.rollback import ROLLBACK
from wizard.cli.commands.rotation import ROTATE_KEYS, ROTATE_PASSWORD
from wizard.cli.commands.self_service import SELF_SERVICE
from wizard.cli.commands.self_test import SELF_TEST
from wizard.cli.commands.status import EXPORT, SCHEMA, STATUS
from wizard.cli.commands.verify import VERIFY

COMMANDS: tuple[Command | Group, ...] = (
    PLAN,
    APPLY,
    VERIFY,
    ROLLBACK,
    REPAIR,
    ROTATE_KEYS,
    ROTATE_PASSWORD,
    REKEY,
    REMOVE,
    STATUS,
    SCHEMA,
    EXPORT,
    SELF_TEST,
    DIAGNOSE,
    PERMISSIONS,
    SELF_SERVICE,
    DIRECTORY,
    AUDIT,
    BREAKER,
    DENY,
)
