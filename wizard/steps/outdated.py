"""A plan that is outdated: somebody applied another one while it was shown.

Its first changes would be made over what that one made, and taking them back would take
that with them: the keys of an installation, or its account's password.
"""

from collections.abc import Sequence

from wizard.plan import Change, Context
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.settings_file import SettingsFile, place_of, text_before


def refuse_outdated(changes: Sequence[Change], context: Context) -> None:
    """Look whether the settings and the enrolment are as when the plan was shown.

    An installation writes both, a removal removes both, and new keys are enrolled.

    Raises:
        StepFailed: they are not; nothing was begun.

    """
    for change in changes:
        if change.step == SettingsFile.name:
            text_before(place_of(change, context), change, context)
        if change.step == EnrolmentStep.name:
            text_before(context.host.places.enrolment, change, context)


def refuse_outdated_removal(changes: Sequence[Change], context: Context) -> None:
    """Look at the same, and whether there were settings at all.

    Raises:
        StepFailed: nothing was begun.

    """
    refuse_outdated(changes, context)
    if not any(change.step == SettingsFile.name for change in changes):
        none = Change(SettingsFile.name, "", None, None)
        text_before(context.host.places.settings, none, context)
