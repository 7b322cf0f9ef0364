"""The steps, in the order they are done."""

from wire.text import Text
from wizard.plan.change import Change
from wizard.plan.step import Step
from wizard.steps.account import Account
from wizard.steps.agent_data import AgentData
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.file_ownership import FileOwnership
from wizard.steps.grants import Grants
from wizard.steps.key_rotation import SealingKeyRotation, SharedKeyRotation
from wizard.steps.keys import Keys
from wizard.steps.old_account import OldAccount
from wizard.steps.old_enrolment import OldEnrolment
from wizard.steps.password_rotation import PasswordRotation
from wizard.steps.proxy_password import ProxyPassword, ProxyPasswordRemoval
from wizard.steps.sealed_secrets import PlainFiles, SealedSecrets
from wizard.steps.service import ServiceStep
from wizard.steps.service_unit import ServiceUnit
from wizard.steps.settings_file import SettingsFile

# in the order they are done; taken back the other way round
STEPS: tuple[Step, ...] = (
    AgentData(),
    FileOwnership(),
    SealedSecrets(),
    Keys(),
    Account(),
    Grants(),
    ProxyPassword(),
    EnrolmentStep(),
    SealingKeyRotation(),
    SharedKeyRotation(),
    PasswordRotation(),
    SettingsFile(),
    ServiceUnit(),
    ServiceStep(),
    PlainFiles(),
    ProxyPasswordRemoval(),
    OldEnrolment(),
    OldAccount(),
)


def reversal(change: Change) -> Text:
    """Say what rolling a change back does; of a final one, that nothing does."""
    if change.final:
        return Text("It can't be rolled back.")
    return next(step for step in STEPS if step.name == change.step).reversal(change)
