"""The command `test-message`: one text message, to see that the gateway sends it."""

import argparse
import asyncio

from portal.cli.places import add_places, secrets_of
from portal.database.outbox import Message
from portal.errors import PortalUnusable
from portal.methods.phone_number import BadNumber, hidden, phone_number
from portal.notifications.delivery import NotSent
from portal.notifications.messages import trial_text
from portal.notifications.text_gateway import TextGateway, gateway_secret
from portal.settings import read_settings
from portal.templating import LANGUAGES, Templates

_REMEDY = "see sms in the settings (docs/portal.md), and what the gateway's log says"


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `test-message`."""
    parser = commands.add_parser(
        "test-message", help="send one text message, to see that it comes"
    )
    parser.add_argument("number", metavar="NUMBER", help="such as +491713920042")
    add_places(parser)
    parser.set_defaults(run=send)


def send(arguments: argparse.Namespace) -> int:
    """Send a message to a number that people could register; PortalUnusable else."""
    settings = read_settings(arguments.settings)
    if settings.sms is None:
        raise PortalUnusable("no text messages are set", _REMEDY)
    try:
        number = phone_number(arguments.number, settings.sms.countries)
    except BadNumber:
        countries = ", ".join(settings.sms.countries)
        what = f"the number must be a mobile one, with its country, of {countries}"
        raise PortalUnusable(what, "or add its country to sms: countries") from None
    message = trial_text(settings, Templates(settings.zone), number, LANGUAGES[0])
    gateway = TextGateway(
        settings.sms, gateway_secret(settings.sms, secrets_of(arguments))
    )
    asyncio.run(_sent(gateway, message))
    print(f"the gateway took a message to {hidden(number)}")
    return 0


async def _sent(gateway: TextGateway, message: Message) -> None:
    async with gateway:
        try:
            await gateway.send(message)
        except NotSent as error:
            raise PortalUnusable(str(error), _REMEDY) from None
