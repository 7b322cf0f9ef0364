"""Where the agent's files are, each by its own name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from agent.platform.detect import this_platform


@dataclass(frozen=True)
class Paths:
    """The files and folders of one installation; `home` is as `--home` takes it.

    `state` is what the agent may lose without harm to the settings; `starts` how often
    it was started, `ledger` which requests were taken, `sealing_keys` what is sealed
    to, `succession` which keys its portal took since the enrolment, `status` what it
    says about itself, `audit` one record for each request; `log` is the service's,
    `journal` the wizard's.
    """

    home: Path
    settings: Path
    enrolment: Path
    secrets: Path
    state: Path
    starts: Path
    ledger: Path
    sealing_keys: Path
    succession: Path
    status: Path
    audit: Path
    log: Path
    journal: Path

    @property
    def breaker(self) -> Path:
        """What is there while the breaker is open (`agent.request.breaker`)."""
        return self.state / "breaker.json"

    @property
    def audit_head(self) -> Path:
        """What the audit file must hold, apart from it (`agent.audit.head`)."""
        return self.state / "audit.head"

    @classmethod
    def below(cls, home: Path) -> Self:
        """Put everything below one folder, as on a machine for trying."""
        state = home / "state"
        return cls._laid_out(
            home,
            settings_folder=home / "etc",
            secrets=home / "secrets",
            state=state,
            status=state / "status.json",
            log_folder=home / "log",
            journal=state / "journal",
        )

    @classmethod
    def of_machine(cls) -> Self:
        """Put everything where the operating system of this machine keeps it."""
        data = this_platform().machine.data_folder()
        return cls.of_system() if data is None else cls.of_windows(data / "Writeback")

    @classmethod
    def of_windows(cls, folder: Path) -> Self:
        """Put everything below one folder of ProgramData, as Windows keeps it.

        The service changes what is below `agent` and `log` alone.
        """
        state = folder / "agent"
        return cls._laid_out(
            folder,
            settings_folder=folder,
            secrets=folder / "secrets",
            state=state,
            status=state / "status.json",
            log_folder=folder / "log",
            journal=folder / "journal",
        )

    @classmethod
    def of_system(cls, root: Path = Path("/")) -> Self:
        """Put everything where Linux keeps it (FHS 3.0, file-hierarchy(7))."""
        kept = root / "var/lib/writeback"
        return cls._laid_out(
            kept,
            settings_folder=root / "etc/writeback",
            secrets=root / "etc/writeback/credentials",
            # the agent's own; what root reads again is beside it, never below
            state=kept / "agent",
            status=root / "run/writeback/status.json",
            log_folder=root / "var/log/writeback",
            journal=kept / "journal",
        )

    @classmethod
    def _laid_out(
        cls,
        home: Path,
        *,
        settings_folder: Path,
        secrets: Path,
        state: Path,
        status: Path,
        log_folder: Path,
        journal: Path,
    ) -> Self:
        return cls(
            home=home,
            settings=settings_folder / "settings.yaml",
            enrolment=settings_folder / "enrolment.json",
            secrets=secrets,
            state=state,
            starts=state / "starts",
            ledger=state / "ledger.sqlite",
            sealing_keys=state / "sealing-keys.jwe",
            succession=state / "succession.json",
            status=status,
            audit=log_folder / "audit.jsonl",
            log=log_folder / "agent.log",
            journal=journal,
        )
