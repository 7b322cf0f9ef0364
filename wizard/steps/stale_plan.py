"""A plan that is outdated: somebody applied another one while it was shown.

Its first changes would be made over what that one made, and taking them back would take
that with them: the keys of an installation, or its account's password.
"""

from collections.abc import Sequence

from wizard.plan.change import Change, Context
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.settings_file import SettingsFile, place_of, refuse_changed, text_of


def refuse_outdated(changes: Sequence[Change], context: Context) -> None:
    """Look whether the settings and the enrolment are as when the plan was shown.

    An installation writes both, a removal removes both, and new keys are enrolled.

    Raises:
        StepFailed: they are not; nothing was begun.

    """
    for change in changes:
        if change.step == SettingsFile.name:
            place = place_of(change, context)
        elif change.step == EnrolmentStep.name:
            place = context.host.places.enrolment
        else:
            continue
        refuse_changed(place, text_of(change.before), context)


def refuse_outdated_removal(changes: Sequence[Change], context: Context) -> None:
    """Look at the same, and whether there were settings at all.

    Raises:
        StepFailed: nothing was begun.

    """
    refuse_outdated(changes, context)
    if not any(change.step == SettingsFile.name for change in changes):
        refuse_changed(context.host.places.settings, None, context)
