"""When a page or field is shown."""

from agent.config.validators import proxy_user
from wizard.flow.model import Answers, Condition

_PLANNED = ("options", "writeback", "repair", "rekey", "remove")

ORIGINAL = "input.original"


def installing(answers: Answers) -> bool:
    """Hold while nothing is installed."""
    return answers.installed is None


def reconfiguring(answers: Answers) -> bool:
    """Hold when an installation was found."""
    return answers.installed is not None


def doing(task: str) -> Condition:
    """Make what holds while a task is done on an installation."""
    return lambda answers: reconfiguring(answers) and answers.get("task") == task


def both(first: Condition, second: Condition) -> Condition:
    """Make what holds where both do."""
    return lambda answers: first(answers) and second(answers)


changing, removing, rekeying = doing("options"), doing("remove"), doing("rekey")


def customizing(answers: Answers) -> bool:
    """Hold for an installation where every question is asked."""
    return installing(answers) and answers.get("mode") == "custom"


def asking(answers: Answers) -> bool:
    """Hold where the pages between the first and Ready to configure are asked."""
    return installing(answers) or changing(answers)


def choosing(answers: Answers) -> bool:
    """Hold for the pages that Express skips."""
    return customizing(answers) or changing(answers)


def applying(answers: Answers) -> bool:
    """Hold for the journeys that end in a plan."""
    return installing(answers) or answers.get("task") in _PLANNED


def new_account(answers: Answers) -> bool:
    """Hold when the wizard makes the agent's account."""
    return bool(answers.get("directory.account.kind", "new") == "new")


def existing_account(answers: Answers) -> bool:
    """Hold when the agent uses an account that is there."""
    return not new_account(answers)


def proxy_user_named(answers: Answers) -> bool:
    """Hold when the address of the proxy names a user."""
    return proxy_user(answers.text("relay.proxy").strip()) is not None


def another_proxy(answers: Answers) -> bool:
    """Hold when the proxy is not the one in force, whose password is stored."""
    in_force = answers.installed.relay.proxy if answers.installed else None
    return answers.text("relay.proxy").strip() != in_force


def piloting(answers: Answers) -> bool:
    """Hold when only a group may reset."""
    return bool(answers.get("pilot") == "group")


def writing_back(answers: Answers) -> bool:
    """Hold when password writeback is on."""
    return answers.get("features.password_writeback", True) is not False


def copied(answers: Answers) -> bool:
    """Hold on a copy of the machine that was enrolled."""
    return answers.copied


def beside_original(answers: Answers) -> bool:
    """Hold on a copy whose original goes on: what that one has is not this one's."""
    return answers.copied and not original_is_gone(answers)


def original_is_gone(answers: Answers) -> bool:
    """Hold on a copy that takes over what its original had."""
    return answers.copied and answers.get(ORIGINAL) == "gone"
