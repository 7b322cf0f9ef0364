"""All controllers of a domain tried side by side, then what the account may do.

Certificates are asked of all at once, without credentials. One controller alone is
signed in to first: where the account is refused, another try would count towards its
lockout, so the others are signed in to only when it was let in. Of those that DNS alone
names, the certificate is looked at and no more.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from agent.config.settings import DirectorySettings
from agent.ldap.errors import DirectoryError
from wire.text import Text, plural
from wizard.checks import account
from wizard.checks.controller_dns import compared, notes_of, of_dns
from wizard.checks.controller_facts import ControllerFacts, Inspection, Step
from wizard.checks.controller_probe import SignIn, see_certificate, sign_in
from wizard.checks.controller_rating import judged
from wizard.checks.controllers import MOST_OTHERS, TOO_MANY, rows_of
from wizard.checks.express_scope import (
    LEFT_OUT,
    PEOPLE_CONTAINERS,
    UNGUARDED,
    ExpressScope,
    express_scope,
)
from wizard.checks.outcome import Outcome, Report
from wizard.checks.side_by_side import side_by_side
from wizard.directory.discovery import Answer, ask_controllers
from wizard.directory.sign_in import open_first
from wizard.inputs import Draft
from wizard.plan.change import Context
from wizard.results import Check

HELD_BACK = Text("Not tried: a refused sign-in counts towards the account's lockout.")
_STOPPED = Text("Not tried: stopped.")
_MOST_ROWS = 5  # of controllers that let nobody in


def run(
    draft: Draft, context: Context, stop: threading.Event, report: Report
) -> Outcome:
    """Try each controller, and what the account may do."""
    directory = draft.needed_directory()
    if directory.account.kind == "existing":
        # judged by its own sign-in, whoever else is known
        context = replace(context, inputs=replace(context.inputs, admin=None))
    credentials = SignIn.of(directory, context)
    inspection = inspect_directory(directory, credentials, stop, report)
    rows = (*_signed_in(inspection), *inspection.account)
    let_in = any(facts.signed_in_as for facts in inspection.controllers)
    if context.settings is not None or not let_in or stop.is_set():
        return Outcome(rows)
    found = _for_express(directory, credentials)
    if found is None:
        return Outcome(rows)  # the rows say why
    values = {
        PEOPLE_CONTAINERS: found.containers,
        LEFT_OUT: found.left_out,
        UNGUARDED: found.unguarded,
    }
    return Outcome((*rows, *found.notes), values)


def _signed_in(inspection: Inspection) -> Iterator[Check]:
    """Say which controllers let nobody in; what else is of them was looked at before.

    The page before asks each of them without a sign-in.
    """
    used = [each for each in inspection.controllers if each.source == "settings"]
    short = [row for row in rows_of(tuple(used)) if row.state == "failed"]
    yield from short[:_MOST_ROWS]
    rest = plural(
        "{count} more controller is no better.",
        "{count} more controllers are no better.",
        len(short) - _MOST_ROWS,
    )
    if len(short) > _MOST_ROWS:
        yield Check("sign-in/rest", Text("Other controllers"), short[-1].state, rest)
    let_in = [each for each in used if each.signed_in_as]
    if let_in:
        text = plural(
            "To {done} of {count} controller, as {user}",
            "To {done} of {count} controllers, as {user}",
            len(used),
            done=len(let_in),
            user=let_in[0].signed_in_as,
        )
        yield Check("sign-in", Text("Sign-in"), "ok", text, ms=let_in[0].ms)


def _for_express(
    directory: DirectorySettings, credentials: SignIn
) -> ExpressScope | None:
    """Find what Express takes as the scope, as it asks for none; None: it can't be."""
    try:
        opened = open_first(directory, credentials.user, credentials.password)
        with opened:
            return express_scope(opened, directory)
    except DirectoryError:
        return None


def inspect_directory(
    settings: DirectorySettings,
    credentials: SignIn,
    stop: threading.Event,
    report: Report,
) -> Inspection:
    """Try every controller, then what the account may do.

    `stop` is looked at before each controller is signed in to; `report` is told of what
    is known so far, from several threads, one at a time.
    """
    inspection = inspect_controllers(settings, credentials, stop, report, more=1)
    refused = any(facts.refused for facts in inspection.controllers)
    let_in = any(facts.signed_in_as for facts in inspection.controllers)
    judged_account: tuple[Check, ...] = ()
    if let_in and not refused and not stop.is_set():
        report(replace(inspection, step="account", done=inspection.total - 1))
        judged_account = account.check_account(
            settings, credentials.user, credentials.password, credentials.kind, stop
        )
    return replace(inspection, account=judged_account, step="", done=inspection.total)


def inspect_controllers(
    settings: DirectorySettings,
    credentials: SignIn,
    stop: threading.Event,
    report: Report,
    *,
    more: int = 0,
) -> Inspection:
    """Try every controller as `inspect_directory` does, and nothing of the account.

    With `more` steps that follow, so that progress counts them.
    """
    return _Round(settings, credentials, stop, report, more).run()


@dataclass
class _Round:
    """One inspection: the facts so far, put together from several threads."""

    settings: DirectorySettings
    credentials: SignIn
    stop: threading.Event
    report: Report
    more: int
    step: Step = ""
    host: str = ""
    done: int = 0
    answer: Answer | None = None
    others: dict[str, ControllerFacts] = field(default_factory=dict)
    facts: list[ControllerFacts] = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        controllers = self.settings.controllers
        self.facts = [ControllerFacts(each.host, each.address) for each in controllers]

    def run(self) -> Inspection:
        """Ask DNS and all certificates at once, sign in to one, then the others."""
        # daemon: what DNS names may hang, and a closed program is not kept alive
        asking = threading.Thread(target=self._ask_dns, daemon=True)
        asking.start()
        everyone = range(len(self.facts))
        self._turn("certificates")
        side_by_side(self._see, everyone)
        rest = self._first_in([i for i in everyone if self.facts[i].trusted])
        self._turn("others")
        side_by_side(self._visit, rest)
        asking.join()
        self._turn("")
        return self._so_far()

    def _ask_dns(self) -> None:
        answer = ask_controllers(self.settings.domain)
        with self.lock:
            self.answer = answer
        self._tell()
        known = compared(self.facts, answer)
        alone = [facts.host for facts in known if facts.source == "DNS SRV"]
        for host in alone[MOST_OTHERS:]:
            self._put_other(replace(of_dns(host), held_back=TOO_MANY))
        side_by_side(self._see_other, alone[:MOST_OTHERS])

    def _see_other(self, host: str) -> None:
        self._put_other(replace(of_dns(host), doing="certificate"))
        self._put_other(self._seen(of_dns(host)))

    def _put_other(self, facts: ControllerFacts) -> None:
        with self.lock:
            self.others[facts.host] = facts
        self._tell()

    def _see(self, index: int) -> None:
        self._put(index, replace(self.facts[index], doing="certificate"))
        facts = self._seen(self.facts[index])
        self._put(index, replace(facts, doing=""), done=1 if facts.trusted else 2)

    def _seen(self, facts: ControllerFacts) -> ControllerFacts:
        if self.stop.is_set():
            return replace(facts, held_back=_STOPPED)
        return see_certificate(facts, self.settings)

    def _first_in(self, trusted: Sequence[int]) -> Sequence[int]:
        """Sign in to one after the other until one lets in; give those left."""
        for at, index in enumerate(trusted):
            self._turn("sign-in", self.facts[index].host)
            self._visit(index)
            if self.facts[index].refused:
                for left in trusted[at + 1 :]:
                    held = replace(self.facts[left], held_back=HELD_BACK)
                    self._put(left, held, done=1)
                return ()
            if self.facts[index].signed_in_as:
                return trusted[at + 1 :]
        return ()

    def _visit(self, index: int) -> None:
        self._put(index, replace(self.facts[index], doing="sign-in"))
        facts = self.facts[index]
        if self.stop.is_set():
            facts = replace(facts, held_back=_STOPPED)
        else:
            facts = sign_in(facts, self.settings, self.credentials)
        self._put(index, replace(facts, doing=""), done=1)

    def _turn(self, step: Step, host: str = "") -> None:
        with self.lock:
            self.step, self.host = step, host
        self._tell()

    def _put(self, index: int, facts: ControllerFacts, *, done: int = 0) -> None:
        with self.lock:
            self.facts[index] = facts
            self.done += done
        self._tell()

    def _tell(self) -> None:
        with self.lock:
            self.report(self._so_far())

    def _so_far(self) -> Inspection:
        known = compared(self.facts, self.answer, self.others)
        return Inspection(
            domain=self.settings.domain,
            controllers=tuple(judged(facts, self.settings) for facts in known),
            notes=notes_of(self.settings, self.answer),
            step=self.step,
            host=self.host,
            done=self.done,
            total=2 * len(self.facts) + self.more,
        )
