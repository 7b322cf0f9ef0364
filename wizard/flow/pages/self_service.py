"""Self-service reset: who may reset their own password, and what shows who they are."""

from wire.self_service.proof_kind import ProofKind
from wire.text import Text, verbatim
from wizard.flow.conditions import (
    answered,
    both,
    choosing,
    doing,
    either,
    for_groups,
    helping_themselves,
)
from wizard.flow.model import Field, Option, Page, PageCheck, never
from wizard.flow.pages.self_service_fields import (
    ONE_A_LINE,
    asked,
    more,
    names,
    number,
    switch,
)
from wizard.flow.pages.self_service_roles import (
    ADMINISTRATORS,
    AUDITORS,
    HELP_DESK,
    ROLES,
)

WHO, GROUPS = "self_service.who", "self_service.groups"
EXCEPTIONS, TWO = "self_service.exceptions", "self_service.two_proof_groups"
PROOFS, KINDS = "self_service.proofs", "self_service.kinds"
RECEIPTS, PEERS = "self_service.receipts", "self_service.peers"
ALLOWED_FROM = "self_service.registration.allowed_from"
PROVIDER = "self_service.registration.provider_sign_in"
PORTAL_CODES = "self_service.registration.portal_codes"
CHANGE, UNLOCK = "self_service.operations.change", "self_service.operations.unlock"
# the optional feature without which the agent refuses what people are offered
OFFERED = {CHANGE: "features.change", UNLOCK: "features.unlock"}
# the lists that name people and groups
NAMED = (GROUPS, EXCEPTIONS, TWO, HELP_DESK, AUDITORS, ADMINISTRATORS)
_CONTACTS = (
    *("mail", "otherMailbox", "mobile", "otherMobile"),
    *("telephoneNumber", "otherTelephone", "homePhone", "otherHomePhone"),
)
_from_networks = both(
    helping_themselves,
    answered(ALLOWED_FROM, "networks"),
)

_WHO = (
    Field(
        WHO,
        "Who may reset their own password",
        "choice",
        options=(
            Option("none", "Nobody", "Self-service is off."),
            Option("groups", "Members of groups"),
            Option("all", "Everybody in the scope"),
        ),
        default="none",
        decision="Self-service reset",
    ),
    names(
        GROUPS,
        Text("Groups"),
        help=ONE_A_LINE,
        shown=for_groups,
        needed=for_groups,
    ),
)
_METHODS = (
    asked(
        PROOFS,
        Text("Verification methods asked for"),
        "choice",
        options=(Option(2, Text("Two different ones")), Option(1, Text("One"))),
        under=Text("How people show who they are"),
        default=2,
    ),
    asked(
        KINDS,
        Text("Methods that count"),
        "several",
        options=(
            Option(ProofKind.PASSKEY.value, Text("Passkey")),
            Option(ProofKind.TOTP.value, Text("Authenticator app")),
            Option(ProofKind.EMAIL.value, Text("Code by e-mail")),
            Option(ProofKind.SMS.value, Text("Code by text message")),
            Option(ProofKind.RECOVERY_CODE.value, Text("Recovery code")),
            Option(ProofKind.QUESTIONS.value, Text("Security questions")),
        ),
        default=tuple(
            kind.value for kind in ProofKind if kind is not ProofKind.QUESTIONS
        ),
    ),
)
_HELP_LINE = (
    asked(
        "self_service.help.text",
        Text("Help line"),
        help=Text(
            "The portal shows it to people who can't go on, such as: Service desk, "
            "weekdays 7 to 19."
        ),
        under=Text("Where people turn for help"),
        needed=never,
        width=60,
    ),
    asked("self_service.help.phone", Text("Phone"), needed=never, width=24),
    asked(
        "self_service.help.url",
        Text("Web page"),
        help=Text("Such as https://help.corp.example/"),
        needed=never,
        width=60,
    ),
)
_PEOPLE = (
    names(
        EXCEPTIONS,
        Text("Except these people and groups"),
        help=ONE_A_LINE,
        under=Text("People with rules of their own"),
        more=True,
    ),
    names(
        TWO,
        Text("Always two methods for these people and groups"),
        help=Text(
            "Neither text messages nor security questions count for them, and a "
            "directory password alone registers no method: the first one needs a "
            "registration code."
        ),
        more=True,
    ),
    switch(
        "self_service.passkey_alone",
        Text("A passkey counts as two methods"),
        help=Text("Where it asked for a PIN, a finger or a face."),
    ),
)
_OPERATIONS = (
    switch(
        "self_service.operations.reset",
        Text("Reset a forgotten password"),
        under=Text("What people may do"),
    ),
    switch(CHANGE, Text("Change it with the old password")),
    switch(UNLOCK, Text("Unlock without a new password")),
)
_REGISTRATION = (
    switch(
        "self_service.registration.required",
        Text("Ask people to register when they sign in at the portal"),
        under=Text("Registration"),
    ),
    number(
        "self_service.registration.extra",
        Text("Methods to register beyond those asked for"),
        help=Text("So that one may be lost."),
        default=1,
        maximum=3,
    ),
    number(
        "self_service.registration.confirm_days",
        Text("Days until people confirm their methods again"),
        help=Text("0: never."),
        default=180,
        maximum=730,
    ),
    number(
        "self_service.registration.wait_hours",
        Text("Hours until a new method counts"),
        help=Text("0: at once."),
        default=0,
        maximum=720,
    ),
    more(
        ALLOWED_FROM,
        Text("Where the first method may be registered"),
        "choice",
        options=(
            Option("anywhere", Text("Anywhere")),
            Option("networks", Text("From your networks")),
            Option("code", Text("With a code from the help desk")),
        ),
        default="anywhere",
    ),
    names(
        "self_service.registration.networks",
        Text("Networks"),
        help=Text("One a line, such as 192.0.2.0/24, as the portal sees them."),
        shown=_from_networks,
        needed=_from_networks,
        more=True,
    ),
    switch(
        PROVIDER,
        Text("People may sign in at your identity provider to register"),
        help=Text(
            "The agent can't see that they did: it takes the portal's word. Else they "
            "sign in with their directory password, which the agent tries."
        ),
        default=False,
    ),
    switch(
        PORTAL_CODES,
        Text("Registration codes that the portal's owner makes count too"),
        help=Text(
            "On the portal's word. Where a code is needed to register, the first of "
            "the help desk need one of these."
        ),
        default=False,
    ),
    more(
        RECEIPTS,
        Text("A verification method counts"),
        "choice",
        options=(
            Option(
                "required",
                Text("With the receipt that an agent signed"),
                Text("Nobody who writes to the portal's database can add one."),
            ),
            Option(
                "accepted",
                Text("Also without a receipt"),
                Text("Until people who registered before have signed in again."),
            ),
        ),
        default="required",
    ),
    names(
        PEERS,
        Text("Other agents whose receipts count"),
        help=Text(
            "One a line: a fingerprint as status shows it, then the last day if there "
            "is one, such as 2027-06-30."
        ),
        more=True,
    ),
    number(
        "self_service.sign_in.tries",
        Text("Wrong passwords that the portal may try for a person"),
        help=Text("Always fewer than the directory would lock the account for."),
        default=3,
        minimum=1,
        maximum=10,
    ),
)
_NOTIFICATIONS = (
    switch(
        "self_service.notify.person",
        Text("Notify people of each change to their account"),
        help=Text("On every address of theirs."),
        under=Text("Notifications"),
    ),
    switch(
        "self_service.notify.administrators",
        Text("Notify administrators"),
        help=Text(
            "Of resets by the help desk, and of people who always need two methods."
        ),
    ),
)
_SHARED = (
    more(
        "self_service.contacts",
        Text("Addresses of the directory that the portal is sent"),
        "several",
        options=tuple(Option(name, verbatim(name)) for name in _CONTACTS),
        under=Text("What the portal may know"),
        needed=never,
        default=(),
    ),
    switch(
        "self_service.roster",
        Text("The portal may list who may reset their own password"),
        help=Text("So that it can name who has not registered."),
        default=False,
    ),
    names(
        "self_service.banned_words",
        Text("Words that new passwords are not made of"),
        help=Text(
            "One a line, 4 to 16 characters. Counted as Entra Password Protection does."
        ),
        under=Text("New passwords"),
        more=True,
    ),
)

SELF_SERVICE = Page(
    id="self_service",
    title="Self-service reset",
    why="Who may reset their own password at the portal, and how they show who they "
    "are.",
    fields=(
        *(*_WHO, *_METHODS, *_HELP_LINE, *_PEOPLE, *_OPERATIONS),
        *(*_REGISTRATION, *ROLES, *_NOTIFICATIONS, *_SHARED),
    ),
    shown=either(choosing, doing("self_service")),
    check=PageCheck(
        "self_service",
        "Finding the groups and people named",
        "Resolve",
        "Resolve finds the groups and people named here.",
        helping_themselves,
    ),
    help="The agent decides by this at each request; a portal only shows it. Protected "
    "accounts, the deny list and people outside the scope are refused whatever is "
    "chosen here.",
)
