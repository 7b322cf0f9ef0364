"""The command line that does what a journey through the window does."""

from collections.abc import Iterator

from wizard.flow.conditions import beside_original, original_is_gone, rekeying, removing
from wizard.flow.conversion import inputs_of, rotation_of
from wizard.flow.model import Answers
from wizard.inputs import Rotation

FILE = "--settings settings.yaml"


def command(answers: Answers) -> str:
    """Give the command line that does what this journey does."""
    if removing(answers):
        return _remove(answers)
    if answers.get("task") == "repair":
        return "writeback repair"
    if rekeying(answers):
        return _rekey(answers)
    if answers.get("task") == "rotate":
        return " && ".join(_rotate(rotation_of(answers)))
    return f"writeback apply {FILE}"


def _rotate(chosen: Rotation) -> Iterator[str]:
    if chosen.sealing or chosen.shared:
        both = chosen.sealing and chosen.shared
        only = "" if both else " --sealing" if chosen.sealing else " --shared"
        yield f"writeback rotate-keys{only}"
    if chosen.password:
        yield "writeback rotate-password"


def _remove(answers: Answers) -> str:
    chosen = inputs_of(answers)
    keeps = ["--keep-account"] if chosen.keep_account else []
    deletes = ["--delete-audit"] if chosen.delete_audit else []
    return " ".join(["writeback remove", *keeps, *deletes])


def _rekey(answers: Answers) -> str:
    words = ["writeback rekey"]
    if beside_original(answers):
        words.append(FILE)
    if original_is_gone(answers):
        words.append("--original-is-gone")
    return " ".join(words)
