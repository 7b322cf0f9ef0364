"""Who may reset their own password, and what they prove before: the settings of it.

The agent enforces them at each request; a portal only shows them. Without this section
nobody may, and requests of portals are judged by `limits` alone.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agent.config import validators
from agent.config.fields import Model, Principal
from wire.self_service.proof_kind import ProofKind
from wire.self_service.proof_worth import only_known_by_others
from wire.text import Text

_MOST_NAMES = 100
_MOST_WORDS = 1000  # as Entra's list of banned passwords
Principals = Annotated[
    tuple[Principal, ...], Field(max_length=_MOST_NAMES, strict=False)
]
Network = Annotated[str, AfterValidator(validators.network)]
BannedWord = Annotated[str, AfterValidator(validators.banned_word)]
HelpUrl = Annotated[str, AfterValidator(validators.help_url)]
HelpText = Annotated[str, AfterValidator(validators.one_line)]
AllowedFrom = Literal["anywhere", "networks", "code"]
# what holds addresses of people; any other attribute could hold a secret
Contact = Literal[
    "mail",
    "otherMailbox",
    "mobile",
    "otherMobile",
    "telephoneNumber",
    "otherTelephone",
    "homePhone",
    "otherHomePhone",
]


class SelfServiceOperations(Model):
    """What people may do for themselves; `features` has to have it on as well."""

    reset: bool = Field(default=True, description="set a new password without the old")
    change: bool = Field(default=True, description="set a new password with the old")
    unlock: bool = Field(default=True, description="unlock without a new password")
    help_desk_unlock: bool = Field(
        default=True, description="the help desk may unlock for people"
    )
    help_desk_reset: bool = Field(
        default=False,
        description="the help desk may set a password that is changed at the next "
        "sign-in",
    )


class Registration(Model):
    """How people come to the proofs that they have."""

    required: bool = Field(
        default=True, description="people are asked to register when they sign in"
    )
    extra: Annotated[int, Field(ge=0, le=3)] = Field(
        default=1,
        description="verification methods to register beyond those that are asked "
        "for, so that one may be lost",
    )
    confirm_days: Annotated[int, Field(ge=0, le=730)] = Field(
        default=180,
        description="days after which people confirm their verification methods; 0: "
        "never",
    )
    wait_hours: Annotated[int, Field(ge=0, le=720)] = Field(
        default=0,
        description="hours after which a new verification method counts for a reset; "
        "0: at once",
    )
    allowed_from: AllowedFrom = Field(
        default="anywhere",
        description="where the first verification method may be registered: "
        "anywhere, from the networks below, or with a registration code",
    )
    provider_sign_in: bool = Field(
        default=False,
        description="the portal's word counts that a person signed in at the "
        "organization's identity provider; the agent can't see that",
    )
    portal_codes: bool = Field(
        default=False,
        description="the portal's word counts that a person has a registration code of "
        "the portal's owner; the agent can't see that",
    )
    code_to_manager: bool = Field(
        default=False,
        description="the help desk may have a registration code mailed to the person's "
        "manager, whose name and address a helper who proved who they are is told",
    )
    networks: Annotated[tuple[Network, ...], Field(max_length=_MOST_NAMES)] = Field(
        default=(),
        strict=False,
        description="networks such as 192.0.2.0/24, as the portal sees them",
    )

    @model_validator(mode="after")
    def _from_somewhere(self) -> Self:
        if self.allowed_from == "networks" and not self.networks:
            rule = Text("must name a network, as allowed_from is networks")
            raise validators.FieldRule("networks", rule)
        return self


class SignIn(Model):
    """How passwords are tried for people who sign in at a portal."""

    tries: Annotated[int, Field(ge=1, le=10)] = Field(
        default=3,
        description="wrong passwords that a portal may try for a person; always fewer "
        "where the directory would lock the account",
    )


class Roles(Model):
    """People and groups with more rights at the portal, by DN or SID."""

    help_desk: Principals = Field(default=(), description="help people who call")
    auditors: Principals = Field(default=(), description="read what was done")
    administrators: Principals = Field(default=(), description="see and set all of it")


class HelpLine(Model):
    """Where people turn who can't go on; the portal's pages and mails show it."""

    text: Annotated[HelpText, Field(max_length=300)] | None = Field(
        default=None, description="such as: Service desk, weekdays 7 to 19"
    )
    url: Annotated[HelpUrl, Field(max_length=500)] | None = Field(
        default=None, description="a page, https"
    )
    phone: Annotated[HelpText, Field(max_length=40)] | None = Field(
        default=None, description="such as +49 30 5555"
    )


class Notify(Model):
    """Who is told what was done."""

    person: bool = Field(
        default=True, description="the person, on every address, of each change"
    )
    administrators: bool = Field(
        default=True,
        description="administrators, of resets by the help desk and of people in "
        "two_proof_groups",
    )


class Peer(Model):
    """Another agent of the domain, or this one before it had other keys."""

    fingerprint: Annotated[str, AfterValidator(validators.fingerprint)] = Field(
        description="as the wizard and status show it: 64 hexadecimal digits"
    )
    until: Annotated[str, AfterValidator(validators.day)] | None = Field(
        default=None,
        description="the last day on which its receipts count, such as 2027-06-30",
    )


class SelfService(Model):
    """Whether and how people reset their own password."""

    who: Literal["none", "groups", "all"] = Field(
        default="none", description="nobody, members of the groups below, or everybody"
    )
    groups: Principals = Field(
        default=(), description="people and groups (nested counted), by DN or SID"
    )
    exceptions: Principals = Field(
        default=(), description="of these people and groups nobody may"
    )
    two_proof_groups: Principals = Field(
        default=(),
        description="of these people and groups two verification methods are always "
        "asked, neither questions nor text messages count, and the first one is "
        "registered with a registration code",
    )
    operations: SelfServiceOperations = SelfServiceOperations()
    proofs: Literal[1, 2] = Field(
        default=2, description="different verification methods that are asked for"
    )
    kinds: Annotated[
        tuple[Annotated[ProofKind, Field(strict=False)], ...],
        AfterValidator(validators.different),
    ] = Field(
        default=(
            *(ProofKind.PASSKEY, ProofKind.TOTP, ProofKind.EMAIL),
            *(ProofKind.SMS, ProofKind.RECOVERY_CODE),
        ),
        strict=False,
        description="verification methods that count",
    )
    passkey_alone: bool = Field(
        default=True,
        description="a passkey that verified its user counts as two verification "
        "methods",
    )
    registration: Registration = Registration()
    receipts: Literal["required", "accepted"] = Field(
        default="required",
        description="required: a verification method counts with the receipt that an "
        "agent signed at its registration; accepted: also without one, on the "
        "portal's word",
    )
    peers: Annotated[tuple[Peer, ...], Field(max_length=_MOST_NAMES)] = Field(
        default=(),
        strict=False,
        description="agents whose receipts count beside this one's own",
    )
    sign_in: SignIn = SignIn()
    roles: Roles = Roles()
    help: HelpLine = HelpLine()
    notify: Notify = Notify()
    contacts: Annotated[tuple[Contact, ...], AfterValidator(validators.different)] = (
        Field(
            default=(),
            strict=False,
            description="attributes whose addresses the portal may be told, as not "
            "confirmed ones",
        )
    )
    roster: bool = Field(
        default=False,
        description="the portal may list who is eligible, to tell who has not "
        "registered",
    )
    banned_words: Annotated[tuple[BannedWord, ...], Field(max_length=_MOST_WORDS)] = (
        Field(
            default=(),
            strict=False,
            description="words that new passwords are not made of, 4 to 16 characters",
        )
    )

    @property
    def on(self) -> bool:
        """Whether anybody may at all."""
        return self.who != "none"

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.who == "groups" and not self.groups:
            rule = Text("must name a group, as who is groups")
            raise validators.FieldRule("groups", rule)
        if not self.kinds:
            rule = Text("must name a verification method")
            raise validators.FieldRule("kinds", rule)
        self._can_be_proven(self.proofs, self.kinds, "proofs")
        if only_known_by_others(self.kinds):
            rule = Text(
                "must have another one beside questions and email, which are never "
                "enough together"
            )
            raise validators.FieldRule("kinds", rule)
        return self

    @model_validator(mode="after")
    def _two_can_be_proven(self) -> Self:
        if self.two_proof_groups:
            strong = tuple(kind for kind in self.kinds if not kind.is_weak)
            self._can_be_proven(2, strong, "two_proof_groups")
        return self

    def _can_be_proven(
        self, asked: int, kinds: tuple[ProofKind, ...], field: str
    ) -> None:
        """See that the kinds suffice; questions never do alone (NIST SP 800-63B-4)."""
        most = len(kinds)
        if ProofKind.PASSKEY in kinds and self.passkey_alone:
            most += 1
        if asked > most:
            rule = Text(
                "asks for {asked} different verification methods, and kinds has {most} "
                "that count; add one",
                asked=asked,
                most=most,
            )
            raise validators.FieldRule(field, rule)
        if asked == 1 and ProofKind.QUESTIONS in kinds:
            rule = Text(
                "must be 2 where kinds has questions: an answer that others may know "
                "is never enough alone"
            )
            raise validators.FieldRule(field, rule)
