"""What the pages of both journeys ask and say, in order; `flow` walks them."""

from wizard.questions import (
    Field,
    Option,
    Page,
    applying,
    asking,
    choosing,
    customizing,
    existing_account,
    installing,
    never,
    new_account,
    piloting,
    reconfiguring,
    writing_back,
)

_RECOVERY = Page(
    id="recovery",
    title="Changes were cut off",
    why="An earlier run did not finish. Roll back what it changed to go on.",
    rail="Roll back",
    fields=(
        Field(
            "input.admin_user",
            "Domain administrator",
            help="As administrator@corp.example. Used for this only, not stored.",
            needed=never,
            width=36,
        ),
        Field("input.admin_password", "Password", "secret", needed=never, width=36),
    ),
    shown=lambda answers: answers.recovery,
    act="Roll back now",
    help="Each change was written down before it was made. Rolling back takes them "
    "back, newest first, and leaves alone what somebody else changed since.",
)

_WELCOME = Page(
    id="welcome",
    title="Set up password writeback",
    why="People reset their password in the cloud; this server brings it home to "
    "Active Directory. Nothing is changed before you have seen the plan.",
    rail="Welcome",
    shown=installing,
    help="You need the enrolment code from your cloud portal and, once, an account "
    "that may create accounts and grant permissions in your domain.",
)

_TASKS = Page(
    id="tasks",
    title="Password writeback on this server",
    why="Choose what you want to do. Nothing is changed before you have seen it.",
    rail="Tasks",
    fields=(
        Field(
            "task",
            "Task",
            "cards",
            options=(
                Option(
                    "view",
                    "View or export configuration",
                    "Shows the settings in force and saves them as a file.",
                ),
                Option(
                    "options",
                    "Change options",
                    "Relay, directory, organizational units, pilot group, features.",
                ),
                Option(
                    "writeback",
                    "Turn password writeback off or on",
                    "Shows what will change before it is changed.",
                ),
                Option(
                    "test",
                    "Test a reset",
                    "Sends one request through the relay to the directory and back.",
                ),
            ),
        ),
    ),
    shown=reconfiguring,
    help="The agent keeps running while this window is open. It is restarted only "
    "by a change that needs it.",
)

_MODE = Page(
    id="mode",
    title="Express or customize",
    why="Express fits one domain and asks only what can't be found out.",
    rail="Express or customize",
    fields=(
        Field(
            "mode",
            "Kind of setup",
            "cards",
            options=(
                Option(
                    "express",
                    "Express",
                    "All people of the domain, named by their user principal name. "
                    "Creates a new account with the permissions it needs. Password "
                    "writeback is on. You answer 2 pages.",
                ),
                Option(
                    "custom",
                    "Customize",
                    "You choose organizational units, how people are identified, a "
                    "pilot group and the optional features. You answer 6 pages.",
                ),
            ),
        ),
    ),
    shown=installing,
    help="Everything Express chooses can be changed later: start the wizard again "
    "and choose Change options.",
)

_RELAY = Page(
    id="relay",
    title="Connect to the cloud",
    why="The agent keeps one outbound connection on port 443 to a relay. Your "
    "portal sends resets through it; no inbound port is opened.",
    rail="Connect to the cloud",
    fields=(
        Field(
            "relay.url",
            "Relay address",
            help="As https://relay.corp.example, or the address of your Azure Relay.",
            width=48,
        ),
        Field(
            "input.enrolment_code",
            "Enrolment code",
            "code",
            help="From your portal, in groups of five. It works once.",
            needed=installing,
            width=72,
        ),
        Field(
            "agent",
            "Name of this agent",
            help="What the relay and the portal call it: a to z, 0 to 9 and hyphens.",
            width=28,
        ),
        Field(
            "relay.ca",
            "Certificate authority of the relay",
            "path",
            help="A PEM file. Leave empty to use the system's trust store.",
            needed=never,
            width=52,
        ),
        Field(
            "relay.proxy",
            "HTTP proxy",
            help="As http://proxy.corp.example:3128. Leave empty for none.",
            needed=never,
            width=36,
        ),
    ),
    shown=asking,
    check="relay",
    empty="Next checks the name, the connection, the certificate and the code, and "
    "shows how long each took.",
    help="The enrolment code carries the fingerprint of your portal's key, so that "
    "no relay can put in a key of its own. Passwords cross the relay sealed.",
)

_DIRECTORY = Page(
    id="directory",
    title="Connect directories",
    why="The agent writes passwords over LDAPS to the domain controllers you name, "
    "and checks their certificates each time.",
    rail="Connect directories",
    fields=(
        Field("directory.domain", "Domain", width=32),
        Field(
            "directory.controllers",
            "Domain controllers",
            "controllers",
            help="Asked in this order. An address is needed only where DNS has none.",
        ),
        Field(
            "directory.ca",
            "Certificate authority of the controllers",
            "path",
            help="A PEM file. Leave empty to use the system's trust store.",
            needed=never,
            width=52,
        ),
        Field(
            "directory.account.kind",
            "Account of the agent",
            "choice",
            options=(
                Option(
                    "new",
                    "Create a new account",
                    "Makes it and grants it the permissions, and no others.",
                ),
                Option(
                    "existing",
                    "Use an existing account",
                    "For shops where another team owns the directory.",
                ),
            ),
        ),
        Field(
            "input.admin_user",
            "Domain administrator",
            help="Used once to make the account and grant permissions; not stored.",
            shown=new_account,
            needed=installing,
            width=36,
        ),
        Field(
            "input.admin_password",
            "Administrator's password",
            "secret",
            shown=new_account,
            needed=installing,
            width=36,
        ),
        Field(
            "directory.account.name",
            "Name of the account",
            help="New: 20 characters at most. Existing: name@corp.example.",
            width=36,
        ),
        Field(
            "input.account_password",
            "Password of the account",
            "secret",
            help="Kept for the agent in this server's secret store only.",
            shown=existing_account,
            needed=installing,
            width=36,
        ),
        Field(
            "directory.account.container",
            "Container of the new account",
            "dn",
            shown=new_account,
            width=56,
        ),
    ),
    shown=asking,
    check="directory",
    empty="Next checks each controller: certificate, TLS, sign-in, policy hints, "
    "writable, clock, and how long it took.",
    help="Ports 3268 and 3269 are never used. Referrals are not followed. With "
    "policy hints, password history and minimum age count for resets too.",
)

_SCOPE = Page(
    id="scope",
    title="Domains and OUs",
    why="Only people below the containers you check can be reset. Permissions are "
    "granted there and nowhere else.",
    rail="Domains and OUs",
    fields=(Field("scope.containers", "Containers", "containers"),),
    shown=choosing,
    check="scope",
    help="A check mark covers everything below it, also what is created later. "
    "A partly filled box means that only some containers below are covered.",
)

_IDENTIFY = Page(
    id="identify",
    title="Identify users",
    why="The portal names a person by one attribute. It must be there and be "
    "different for each person.",
    rail="Identify users",
    fields=(
        Field(
            "identify_by",
            "The cloud names people by",
            "choice",
            options=(
                Option(
                    "userPrincipalName",
                    "User principal name",
                    "As anna@corp.example. The usual choice.",
                ),
                Option("mail", "Mail address", "Where sign-in names are addresses."),
                Option(
                    "objectGUID",
                    "objectGUID",
                    "Never changes, not even when a person is renamed.",
                ),
                Option(
                    "ms-DS-ConsistencyGuid",
                    "ms-DS-ConsistencyGuid",
                    "Where Entra Connect uses it as source anchor.",
                ),
                Option("sAMAccountName", "sAMAccountName", "One domain only."),
            ),
        ),
    ),
    shown=customizing,
    check="identifier",
    check_label="Look for duplicates",
    empty="Next counts the people who lack it or share it with somebody.",
    help="People who lack the attribute or share it can't be reset until it is "
    "mended; everybody else can.",
)

_PILOT = Page(
    id="pilot",
    title="Pilot group",
    why="Begin with a few people, and widen it when you have seen it work.",
    rail="Pilot group",
    fields=(
        Field(
            "pilot",
            "Who can be reset",
            "choice",
            options=(
                Option("all", "Everybody in the containers"),
                Option("group", "Only the members of one group"),
            ),
        ),
        Field(
            "scope.pilot_group",
            "Group",
            "dn",
            help="Its name or distinguished name. Nested members count.",
            shown=piloting,
            width=60,
        ),
    ),
    shown=choosing,
    check="group",
    check_label="Resolve",
    empty="Resolve finds the group and counts its members.",
    help="The group is looked up at each reset: who joins can be reset at once.",
)

_FEATURES = Page(
    id="features",
    title="Optional features",
    why="What the agent may do when the portal asks for it.",
    rail="Optional features",
    fields=(
        Field(
            "features.password_writeback",
            "Password writeback",
            "switch",
            help="Off: the agent stays connected and answers that reset is off.",
        ),
        Field(
            "features.unlock",
            "Unlock the account with a reset",
            "check",
            help="Clears a lockout when the password is set.",
            enabled=writing_back,
            under="With a reset",
        ),
        Field(
            "features.must_change",
            "Allow a change at next sign-in",
            "check",
            help="The portal may ask that a person changes the new password.",
            enabled=writing_back,
        ),
        Field(
            "features.change",
            "Allow a change with the old password",
            "check",
            help="For people who know their password.",
            enabled=writing_back,
        ),
        Field(
            "directory.policy_hints",
            "Keep to history and minimum age",
            "check",
            help="Policy hints: a reset meets the same policy as a change.",
            enabled=writing_back,
        ),
        Field(
            "limits.per_minute",
            "Requests in any minute",
            "number",
            under="Limits, whatever the cloud says",
            enabled=writing_back,
        ),
        Field(
            "limits.per_user_per_hour",
            "Resets of one person in any hour",
            "number",
            enabled=writing_back,
            most=1000,
        ),
        Field(
            "limits.proofs",
            "Proofs of identity the portal must have taken",
            "number",
            enabled=writing_back,
            most=5,
        ),
    ),
    shown=choosing,
    help="Limits hold for this agent. A request beyond them is refused and recorded.",
)

_REVIEW = Page(
    id="review",
    title="Ready to configure",
    why="This is everything that will be done. Nothing has been changed so far.",
    rail="Ready to configure",
    shown=applying,
    act="Install",
    help="Each change is written down before it is made. If one fails, those before "
    "it are taken back.",
)

_APPLY = Page(
    id="apply",
    title="Configuring",
    why="If a change fails, those before it are taken back, newest first.",
    rail="Configuring",
    shown=applying,
    help="Stop takes effect before the next change; what was done is taken back.",
)

_COMPLETE = Page(
    id="complete",
    title="Complete",
    why="What was verified, a real test, and what your portal needs to know.",
    rail="Complete",
    shown=applying,
    help="The fingerprint lets the portal's side see that nobody stands between.",
)

_VIEW = Page(
    id="view",
    title="Configuration in force",
    why="The settings file; it holds no passwords and no keys.",
    rail="Configuration",
    shown=lambda answers: reconfiguring(answers) and answers.get("task") == "view",
    help="The same file sets up another server: writeback apply --settings FILE.",
)

_TEST = Page(
    id="test",
    title="Test a reset",
    why="Sends one request through the relay to the agent, the directory and back.",
    rail="Test a reset",
    shown=lambda answers: reconfiguring(answers) and answers.get("task") == "test",
    help="Check only runs every step but the write. A reset sets the password.",
)

PAGES: tuple[Page, ...] = (
    _RECOVERY,
    _WELCOME,
    _TASKS,
    _MODE,
    _RELAY,
    _DIRECTORY,
    _SCOPE,
    _IDENTIFY,
    _PILOT,
    _FEATURES,
    _VIEW,
    _TEST,
    _REVIEW,
    _APPLY,
    _COMPLETE,
)
