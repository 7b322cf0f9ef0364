"""The one operation that is of nobody alone: a list of who is eligible.

Off unless the settings say so, as it tells a portal the names of people who never used
it. A page is not kept with the answers of the ledger: names are in no file of it.
"""

from agent.request import stages
from agent.request.answer import Answer
from agent.request.rate_limit import RateLimit
from agent.request.stages import Fresh, Tools
from agent.self_service.eligibility import WhyNot
from agent.self_service.roster import Roster, read_roster
from wire.outcomes import Code, Refused

PER_MINUTE = 60  # pages: 30,000 people
_DONE = "Nothing was changed."


class RosterPages:
    """Answers what a portal asks of the roster."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._roster = Roster()
        self._rate = RateLimit(PER_MINUTE)

    def answer(self, fresh: Fresh) -> Answer:
        """Give a page.

        Refused as not_eligible, operation_off or too_many; DirectoryError where nobody
        answers.
        """
        tools, settings = self._tools, self._tools.settings.self_service
        stages.let_in(fresh, tools)
        if not settings.on:
            raise Refused(Code.NOT_ELIGIBLE, f"{WhyNot.OFF}: self_service.who is none")
        if not settings.roster:
            raise Refused(Code.OPERATION_OFF, "self_service.roster is off")
        if not self._rate.allow():
            raise Refused(Code.TOO_MANY, f"over {PER_MINUTE} pages in a minute")
        cursor = fresh.request.cursor
        with tools.pool.connection(
            lambda warm: self._roster.page(
                cursor, lambda: read_roster(warm.directory, tools.domain)
            )
        ) as page:
            return Answer(Code.OK, message=_DONE, roster=page, kept=False)
