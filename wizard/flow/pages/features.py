"""The pages that choose: whose passwords, how they are named, what is on."""

from wizard.questions import (
    Field,
    Option,
    Page,
    choosing,
    customizing,
    piloting,
    writing_back,
)

SCOPE = Page(
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

IDENTIFY = Page(
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

PILOT = Page(
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
    checked=piloting,
    check_label="Resolve",
    empty="Resolve finds the group and counts its members.",
    help="The group is looked up at each reset: who joins can be reset at once.",
)

FEATURES = Page(
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
