"""All pages of both journeys in order, and their fields by path."""

from collections.abc import Mapping
from types import MappingProxyType

from wizard.flow.model import Field, Page
from wizard.flow.pages.account import ACCOUNT
from wizard.flow.pages.directory import DIRECTORY
from wizard.flow.pages.features import FEATURES
from wizard.flow.pages.health import HEALTH
from wizard.flow.pages.identify import IDENTIFY
from wizard.flow.pages.permissions import EXPLAIN, PERMISSIONS
from wizard.flow.pages.pilot import PILOT
from wizard.flow.pages.reading import READING
from wizard.flow.pages.recovery import RECOVERY
from wizard.flow.pages.relay import RELAY
from wizard.flow.pages.remove import REMOVE, REMOVED
from wizard.flow.pages.review import APPLY, COMPLETE, REVIEW
from wizard.flow.pages.rotate import ROTATE
from wizard.flow.pages.rotate_keys import REKEY
from wizard.flow.pages.scope import SCOPE
from wizard.flow.pages.self_service import SELF_SERVICE
from wizard.flow.pages.self_test import TEST
from wizard.flow.pages.view import VIEW
from wizard.flow.pages.welcome import WELCOME, mode_page

_ASKING = (
    *(RELAY, DIRECTORY, ACCOUNT, SCOPE, IDENTIFY, PILOT, FEATURES, SELF_SERVICE),
    PERMISSIONS,
)

PAGES: tuple[Page, ...] = (
    READING,
    RECOVERY,
    WELCOME,
    HEALTH,
    mode_page(_ASKING),
    *_ASKING,
    EXPLAIN,
    VIEW,
    TEST,
    ROTATE,
    REKEY,
    REMOVE,
    REVIEW,
    APPLY,
    COMPLETE,
    REMOVED,
)

# a field of several pages has one default, one name and one phrase on all of them
FIELDS: Mapping[str, Field] = MappingProxyType(
    {field.path: field for page in PAGES for field in page.fields}
)
