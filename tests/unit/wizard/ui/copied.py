"""A copied machine as the fake controller finds it, and what its new keys change."""

from dataclasses import replace

from tests.unit.wizard.answered import CANARY
from tests.unit.wizard.ui.fake import INSTALLED, change
from wire.secret import Secret
from wizard.enrolment.clone import COPIED

KEYS = (
    change("keys", "Replaces the agent's keys; the portal learns a new fingerprint", 1),
    change("enrolment", "Enrols the agent sync-01 at https://relay.corp.test", 1),
    change("service", "Restarts the agent; it answers what is under way first", 1),
)
COPY = replace(
    INSTALLED,
    status=replace(INSTALLED.status, attention=COPIED, running=False, ready=False),
    copied=True,
)
ADMIN = {
    "input.admin_user": "administrator@corp.test",
    "input.admin_password": Secret(CANARY),
}
