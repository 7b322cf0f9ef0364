"""Service account: the fields, with a container proposed for the domain."""

from wizard.flow.proposals import proposed_container
from wizard.ui.form import Form

_CONTAINER = "directory.account.container"
_USUAL = "CN=Users,DC="


class AccountPage(Form):
    """A form that proposes where a new account is made."""

    def show_answers(self) -> None:
        answers = self.session.answers
        usual = proposed_container(answers.text("directory.domain"))
        here = answers.text(_CONTAINER)
        # the usual place of another domain is no choice of a person's
        if usual and (not here or (here.startswith(_USUAL) and here != usual)):
            self.session.answers = answers.having({_CONTAINER: usual})
        self.field_boxes[_CONTAINER].usual = usual
        super().show_answers()
