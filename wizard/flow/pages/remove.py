"""Remove Writeback, and Writeback is removed."""

import sys

from wire.text import Text
from wizard.flow.conditions import existing_account, new_account, removing
from wizard.flow.model import Field, Page

ACCOUNT, GRANTS = "input.delete_account", "input.take_back_grants"
AUDIT = "input.delete_audit"

AUDIT_STAYS = {
    "linux": Text(
        "Who was reset and when. Left alone, they stay in /var/log/writeback."
    ),
    "win32": Text(
        "Who was reset and when. Left alone, they stay in {folder}.",
        folder=r"%ProgramData%\Writeback\log",
    ),
}

REMOVE = Page(
    id="remove",
    title="Remove Writeback",
    why="Resets from the cloud no longer reach Active Directory through this server. "
    "Nothing is removed before you have seen the plan.",
    rail="What is removed",
    fields=(
        Field(
            AUDIT,
            "Also delete the audit records on this server",
            "check",
            help=AUDIT_STAYS.get(sys.platform, AUDIT_STAYS["linux"]),
            default=False,
        ),
        Field(
            ACCOUNT,
            "Also delete the account and its permissions in Active Directory",
            "check",
            under="In Active Directory",
            help="Only the account and the permissions that this wizard made. Needs a "
            "domain administrator, once; not stored.",
            shown=new_account,
            default=True,
        ),
        Field(
            GRANTS,
            "Also revoke the permissions in Active Directory",
            "check",
            under="In Active Directory",
            help="Only those that this wizard granted; the account itself was there "
            "before and stays. Needs a domain administrator, once; not stored.",
            shown=existing_account,
            default=True,
        ),
    ),
    shown=removing,
    help="The plan names each thing that is removed. What somebody else made, or "
    "changed since, is left alone.",
)

REMOVED = Page(
    id="removed",
    title="Writeback is removed",
    why="This server takes no more resets from the cloud.",
    rail="Complete",
    shown=removing,
    help="To set it up again, start the wizard: it needs a new enrolment code.",
)
