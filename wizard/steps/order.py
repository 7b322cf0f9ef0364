"""The steps, in the order they are done."""

from wizard.plan.change import Step
from wizard.steps.account import Account
from wizard.steps.agent_data import Remains
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.file_ownership import Files
from wizard.steps.grants import Grants
from wizard.steps.keys import Keys
from wizard.steps.old_account import FormerAccount
from wizard.steps.old_enrolment import Leaving
from wizard.steps.proxy_password import Forgetting, ProxyPassword
from wizard.steps.sealed_secrets import PlainFiles, Sealing
from wizard.steps.service import ServiceStep
from wizard.steps.service_unit import UnitStep
from wizard.steps.settings_file import SettingsFile

# in the order they are done; taken back the other way round
STEPS: tuple[Step, ...] = (
    Remains(),
    Files(),
    Sealing(),
    Keys(),
    Account(),
    Grants(),
    ProxyPassword(),
    EnrolmentStep(),
    SettingsFile(),
    UnitStep(),
    ServiceStep(),
    PlainFiles(),
    Forgetting(),
    Leaving(),
    FormerAccount(),
)
