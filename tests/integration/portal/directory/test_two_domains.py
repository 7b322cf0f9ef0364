"""Two domains in one portal: the lab's, and one of an agent that stands in for one."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import portal.parts
from lab.people import START_PASSWORD
from portal.agents.relay_http import RelayHttp, Transport
from portal.keys.secret_files import WIRE_KEYS
from portal.settings import RelayAddress, Settings
from tests.fixtures.agent_stage import CANARY
from tests.fixtures.portal.agent import StandInAgent
from tests.fixtures.portal.live import Owner
from tests.fixtures.portal.mail import MailServerThread
from tests.fixtures.portal.running import ANNA
from tests.fixtures.portal.visitor import Visitor, set_password
from tests.integration.portal.directory.conftest import settings_with_mail
from wire.keys import PrivateKeys
from wire.operation import Operation
from wire.secret import Secret

BEA = replace(ANNA, upn="bea@branch.test", name="Bea Branch", history=set())


def with_branch(settings: Settings, agent: StandInAgent) -> Settings:
    """Add a second domain, behind a relay of its own."""
    plain = settings.model_dump(mode="json")
    plain["relays"] = [
        *plain["relays"],
        {"id": "branch", "url": "https://relay.branch.test", "send_key_name": "x"},
    ]
    address = {"name": agent.name, "relay": "branch", "domain": "branch"}
    address["fingerprint"] = agent.fingerprint
    plain["agents"] = [*plain["agents"], address]
    return Settings.model_validate(plain)


async def test_each_domain_s_people_are_written_by_its_own_agents(
    owner: Owner, mail: MailServerThread, tmp_path: Path
) -> None:
    keys = PrivateKeys.of(owner.secrets.read(WIRE_KEYS))
    branch = StandInAgent(keys.public, [BEA])
    owner.command("send-key", "branch", typed="a key of the branch's relay")

    def relay(
        address: RelayAddress, key: Secret
    ) -> AbstractAsyncContextManager[Transport]:
        return (
            nullcontext(branch) if address.id == "branch" else RelayHttp(address, key)
        )

    settings = with_branch(settings_with_mail(owner, mail, tmp_path), branch)
    opened = portal.parts.portal(settings, owner.secrets, open_relay=relay)
    async with opened as running:
        clara = Visitor(running, owner.lab.people["clara"]["upn"], mail.mailbox)
        bea = Visitor(running, BEA.upn, mail.mailbox)
        for visitor, old in ((clara, START_PASSWORD), (bea, ANNA.password)):
            await visitor.register(old)
            browser = await visitor.proven()
            page = await set_password(browser, CANARY)
            assert page.heading == "Your password is changed", page.text
    owner.lab.sign_in(clara.upn, CANARY)
    resets = [each for each in branch.seen if each.op is Operation.RESET]
    assert [each.user and each.user.value for each in resets] == [BEA.guid]
    assert branch.people[0].password == CANARY
    written = [dn for agent in owner.agents for dn in agent.written()]
    assert written.count(owner.lab.people["clara"]["dn"]) == 1
    # what proves somebody is sent to their own domain alone
    tried = [each for each in branch.seen if each.op is Operation.AUTHENTICATE]
    assert {each.user and each.user.value for each in tried} == {BEA.guid}
