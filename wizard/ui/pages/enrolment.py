"""Pages that take an enrolment link: it fills in what they ask of the relay."""

from wire.enrolment_link import EnrolmentLink
from wire.text import Text, listed
from wizard.flow.defaults import Offer, Offers
from wizard.ui.announce import announce
from wizard.ui.form import Form
from wizard.ui.widgets.field_box import FieldBox

_CODE = "input.enrolment_code"
_RELAY = "relay.url"


class EnrolmentPage(Form):
    """A form whose code may come as a link; the link's answers go over those here."""

    def add_field_box(self, field_box: FieldBox) -> None:
        super().add_field_box(field_box)
        if field_box.field.path == _CODE:
            field_box.editor.linked.connect(self.take_link)

    def take_link(self, link: EnrolmentLink) -> None:
        """Fill in what the link says; refuse it where its relay is not asked for."""
        values = {_RELAY: link.relay, "agent": link.agent}
        found = [
            Offer(path, value, "from the enrolment link")
            for path, value in values.items()
            if value and path in self.field_boxes
        ]
        if _RELAY not in self.field_boxes and link.relay != self._in_force():
            self._refuse(link)
        self.session.offers = Offers(tuple(found)).and_also(self.session.offers)
        self.session.take({offer.path: offer.value for offer in found})
        self.show_answers()
        names = [self.field_boxes[offer.path].field.label for offer in found]
        if names:
            text = Text("The link filled in: {names}", names=listed(names, ", "))
            announce(self, text)

    def _in_force(self) -> str:
        installed = self.session.answers.installed
        return installed.relay.url if installed else ""

    def _refuse(self, link: EnrolmentLink) -> None:
        text = Text(
            "is for the relay {other}; this agent is at {relay}",
            other=link.relay,
            relay=self._in_force(),
        )
        self.field_boxes[_CODE].show_problem(text)
