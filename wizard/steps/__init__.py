"""One file per thing changed on the machine or in the directory."""

from wizard.plan import Step
from wizard.steps.account import Account
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.files import Files
from wizard.steps.former import FormerAccount
from wizard.steps.grants import Grants
from wizard.steps.keys import Keys
from wizard.steps.leaving import Leaving
from wizard.steps.proxy import Forgetting, ProxyPassword
from wizard.steps.remains import Remains
from wizard.steps.sealing import PlainFiles, Sealing
from wizard.steps.service import ServiceStep
from wizard.steps.settings_file import SettingsFile
from wizard.steps.unit import UnitStep

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
