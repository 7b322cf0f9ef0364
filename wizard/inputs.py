"""What an administrator gives: settings as far as they go, and secrets beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.config.errors import Problem, SettingsError
from agent.config.settings import DirectorySettings, Relay
from wire.secret import Secret
from wire.text import Text


@dataclass(frozen=True)
class SelfServiceDraft:
    """Self-service as it is answered.

    Attributes:
        named: people and groups by the path of their list; by name, DN or SID.
        proofs: how many verification methods are asked for.
        kinds: those that count, as on the wire.
        receipts: `required` or `accepted`.
        peers: agents whose receipts count; each a `fingerprint`, and `until` a day.
        allowed_from: where the first method may be registered, as in the settings.
        provider_sign_in: the portal's word counts that people signed in elsewhere.
        portal_codes: likewise of a registration code of the portal's owner.
        switched_off: operations that people are offered and that the optional feature
            they stand on refuses, by the paths of their fields.

    """

    named: Mapping[str, tuple[str, ...]]
    proofs: int
    kinds: tuple[str, ...]
    receipts: str = "required"
    peers: tuple[Mapping[str, str], ...] = ()
    allowed_from: str = "anywhere"
    provider_sign_in: bool = False
    portal_codes: bool = False
    switched_off: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """The settings as far as they are answered, for a check on the way.

    Attributes:
        relay: None while it is not answered, or not rightly.
        directory: likewise.
        containers: of the scope, by DN.
        excluded: containers below those that are left out, by DN.
        self_service: None where nobody may reset their own password.
        identify_by: the attribute that the cloud names people by.
        group: the pilot group, by name or DN; empty for none.
        deny_list: people and groups, by DN or SID.

    """

    relay: Relay | None = None
    directory: DirectorySettings | None = None
    containers: tuple[str, ...] = ()
    identify_by: str = ""
    group: str = ""
    deny_list: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    self_service: SelfServiceDraft | None = None

    def needed_relay(self) -> Relay:
        """Give the relay.

        Raises:
            SettingsError: it is not answered.

        """
        if self.relay is None:
            raise _unanswered("relay")
        return self.relay

    def needed_directory(self) -> DirectorySettings:
        """Give the directory.

        Raises:
            SettingsError: it is not answered.

        """
        if self.directory is None:
            raise _unanswered("directory")
        return self.directory


def _unanswered(part: str) -> SettingsError:
    return SettingsError("the answers", (Problem(part, Text("is not answered yet")),))


@dataclass(frozen=True)
class AdminCredentials:
    """An administrator of the domain, used once and stored nowhere."""

    user: str
    password: Secret


@dataclass(frozen=True)
class Rotation:
    """What is replaced on an agent that goes on as who it is.

    Attributes:
        sealing: the key that portals seal to.
        shared: the keys shared with the relay, to listen and to test with.
        password: of the agent's account in the directory.

    """

    sealing: bool = False
    shared: bool = False
    password: bool = False


@dataclass(frozen=True)
class Inputs:
    """What an administrator gives beside the settings; never stored as given.

    Attributes:
        admin: of the domain.
        account_password: of an existing account.
        enrolment_code: of the relay's owner.
        proxy_password: of the user that the proxy's address names.
        agent_keys: that an enrolment code was given out for, and that are stored where
            the agent has none; None: they are made then.
        keep_account: a removal leaves the directory as it is.
        delete_audit: a removal deletes the audit records too.
        new_keys: the agent's keys are replaced, and it is enrolled anew.
        original_is_gone: of a copied machine; this one takes its name over.
        rotation: what is replaced though it is of use.

    """

    admin: AdminCredentials | None = None
    account_password: Secret | None = None
    enrolment_code: Secret | None = None
    proxy_password: Secret | None = None
    agent_keys: Secret | None = None
    keep_account: bool = False
    delete_audit: bool = False
    new_keys: bool = False
    original_is_gone: bool = False
    rotation: Rotation = field(default_factory=Rotation)
