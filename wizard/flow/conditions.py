"""When a page or field is shown."""

from typing import Any

from agent.config.validators import proxy_user
from wizard.flow.model import Answers, Condition

_PLANNED = (
    *("options", "self_service", "writeback", "repair", "rotate", "rekey", "remove"),
)

ORIGINAL = "input.original"


def answered(path: str, value: Any, unanswered: Any = None) -> Condition:
    """Make what holds where an answer is this one; `unanswered` stands for none."""
    return lambda answers: bool(answers.get(path, unanswered) == value)


def both(first: Condition, second: Condition) -> Condition:
    """Make what holds where both do."""
    return lambda answers: first(answers) and second(answers)


def either(*conditions: Condition) -> Condition:
    """Make what holds where one of them does."""
    return lambda answers: any(holds(answers) for holds in conditions)


def negated(condition: Condition) -> Condition:
    """Make what holds where another condition does not."""
    return lambda answers: not condition(answers)


def doing(task: str) -> Condition:
    """Make what holds while a task is done on an installation."""
    return both(reconfiguring, answered("task", task))


def reconfiguring(answers: Answers) -> bool:
    """Hold when an installation was found."""
    return answers.installed is not None


def copied(answers: Answers) -> bool:
    """Hold on a copy of the machine that was enrolled."""
    return answers.copied


def proxy_user_named(answers: Answers) -> bool:
    """Hold when the address of the proxy names a user."""
    return proxy_user(answers.text("relay.proxy").strip()) is not None


def another_proxy(answers: Answers) -> bool:
    """Hold when the proxy is not the one in force, whose password is stored."""
    in_force = answers.installed.relay.proxy if answers.installed else None
    return answers.text("relay.proxy").strip() != in_force


installing = negated(reconfiguring)
changing, removing, rekeying = doing("options"), doing("remove"), doing("rekey")
# an installation where every question is asked
customizing = both(installing, answered("mode", "custom"))
# the pages between the first and Ready to configure
asking = either(installing, changing)
# the pages that Express skips
choosing = either(customizing, changing)
# the journeys that end in a plan
applying = either(installing, *map(doing, _PLANNED))
# the wizard makes the agent's account, or the agent uses one that is there
new_account = answered("directory.account.kind", "new", unanswered="new")
existing_account = negated(new_account)
# only a group may reset
piloting = answered("pilot", "group")
# somebody may reset their own password
helping_themselves = negated(answered("self_service.who", "none", unanswered="none"))
for_groups = answered("self_service.who", "groups")


def denying(answers: Answers) -> bool:
    """Hold when somebody is on the deny list."""
    return bool(answers.get("scope.deny_list"))


writing_back = negated(answered("features.password_writeback", value=False))
# the original is gone for good: its name and account are taken over
original_is_gone = both(copied, answered(ORIGINAL, "gone"))
# the original goes on: what that one has is not this one's
beside_original = both(copied, negated(original_is_gone))
