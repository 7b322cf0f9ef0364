"""Pages that take an enrolment code, a link, or what a portal gives by itself.

A link, and a portal that was signed in to, fill in what they ask of the relay.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from agent.config.settings import Relay
from wire import names
from wire.enrolment_link import EnrolmentLink, same_relay
from wire.failure import sentence
from wire.secret import Secret
from wire.text import Text, listed
from wizard.flow.conversion import inputs_of
from wizard.flow.defaults import Offer, Offers
from wizard.flow.model import AGENT_KEYS
from wizard.results import SignedIn
from wizard.ui.announce import announce
from wizard.ui.form import Form
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.portal_sign_in import PortalSignInJob
from wizard.ui.pages.sign_in_dialog import SignInDialog
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.labels import LiveLabel, button, row, stack

_CODE = "input.enrolment_code"
_RELAY, _PROXY, _AGENT = "relay.url", "relay.proxy", "agent"
_SOME_PORTAL = "https://portal.invalid"


class EnrolmentPage(Form):
    """A form whose code may come as a link, or from a portal by itself."""

    def build(self) -> None:
        self.sign_in = button(tr("Sign in to your portal…"), self.ask_portal)
        self.signed_in = LiveLabel(muted=True)
        self.signed_in.setText(
            tr("Nothing to type: an administrator of the portal lets this agent in.")
        )
        self.body.addWidget(stack(row(self.sign_in), self.signed_in, spacing=4))
        super().build()

    def add_field_box(self, field_box: FieldBox) -> None:
        super().add_field_box(field_box)
        if field_box.field.path == _CODE:
            field_box.editor.linked.connect(self.take_link)

    def entered(self) -> None:
        super().entered()
        # what leads out of this network is seen before it is used
        if self._source(_PROXY):
            self.more.open()

    def ask_portal(self) -> None:
        """Have a portal give the code, for the agent as it is named here."""
        agent = self.session.answers.text(_AGENT).strip()
        try:
            names.agent_name(agent)
        except ValueError as error:
            self._refuse_name(error.args[0])
            return
        inputs = inputs_of(self.session.answers)
        job = PortalSignInJob(self.session.controller, agent, inputs)
        dialog = SignInDialog(self, job, self._way())
        dialog.given.connect(self.take_signed_in)
        dialog.typing_wanted.connect(lambda: self.focus_field(_CODE))
        dialog.open()

    def take_link(self, link: EnrolmentLink) -> None:
        """Fill in what the link says; refuse it where its relay is not asked for."""
        labels = self._take(link.relay, link.agent, {}, "from the enrolment link")
        if labels:
            text = Text("The link filled in: {names}", names=listed(labels, ", "))
            announce(self, text)

    def take_signed_in(self, given: SignedIn) -> None:
        """Fill in what a portal gave, and say whose it is."""
        keys = Secret(given.keys) if given.keys else None
        values = {_CODE: Secret(given.code), AGENT_KEYS: keys}
        self._take(given.relay, "", values, "from your portal")
        told = Text(
            "{organization} let this agent in. Compare the fingerprint of its portal "
            "{issuer}: {fingerprint}",
            organization=given.organization,
            issuer=given.issuer,
            fingerprint=given.fingerprint,
        )
        self.signed_in.setText(say(told))

    def _take(
        self, relay: str, agent: str, more: Mapping[str, Any], source: str
    ) -> list[str]:
        """Put answers over those here; give the labels of the fields they fill."""
        values = {_RELAY: relay, _AGENT: agent}
        found = [
            Offer(path, value, source)
            for path, value in values.items()
            if value and path in self.field_boxes
        ]
        is_asked = _RELAY in self.field_boxes
        if not is_asked and not same_relay(relay, self._in_force()):
            self._refuse(relay)
        self.session.offers = Offers(tuple(found)).and_also(self.session.offers)
        self.session.take({offer.path: offer.value for offer in found} | dict(more))
        self.show_answers()
        return [self.field_boxes[offer.path].field.label for offer in found]

    def _refuse_name(self, rule: Text) -> None:
        box = self.field_boxes.get(_AGENT)
        if box is not None:
            box.show_problem(rule)
            box.focus()
            self.bring(box)
        self.refuse(say(sentence(rule)))

    def _way(self) -> Relay | None:
        """Give the proxy and CA that are answered, as the way to a portal has them."""
        answers = self.session.answers
        named = {"ca": answers.text("relay.ca"), "proxy": answers.text("relay.proxy")}
        given = {name: value.strip() or None for name, value in named.items()}
        try:
            return Relay.model_validate({"url": _SOME_PORTAL, **given})
        except ValidationError:  # told beside its field by Next
            return None

    def _in_force(self) -> str:
        installed = self.session.answers.installed
        return installed.relay.url if installed else ""

    def _refuse(self, other: str) -> None:
        text = Text(
            "is for the relay {other}; this agent is at {relay}",
            other=other,
            relay=self._in_force(),
        )
        self.field_boxes[_CODE].show_problem(text)
