"""A portal in this process before relay, agents and controller that are real."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

import pytest

import portal.parts
from lab.authority import Authority
from lab.controller import Lab
from portal.agents.relay_http import RelayHttp, RelayReply
from portal.parts import Portal
from portal.settings import Settings
from tests.fixtures.portal.live import Owner, live_owner
from tests.fixtures.portal.mail import Mailbox, MailServerThread, mail_server
from tests.fixtures.portal.visitor import Visitor
from wire.keys import PrivateKeys

_SECONDS = 30.0
AGENTS = ("srv1", "srv2")
# of the lab's people, who is the help desk
HELPER = "marie"


@dataclass
class LivePortal:
    """A portal that runs, its agents, and the mailbox of everybody."""

    portal: Portal
    owner: Owner
    mailbox: Mailbox
    folder: Path

    @property
    def lab(self) -> Lab:
        return self.owner.lab

    def visitor(self, key: str) -> Visitor:
        """Give a person of the lab, who has not registered yet."""
        return Visitor(self.portal, self.lab.people[key]["upn"], self.mailbox)

    def records(self, key: str) -> list[dict[str, Any]]:
        """What the agents recorded of a person, agent after agent."""
        dn = self.lab.people[key]["dn"]
        return [
            record
            for agent in self.owner.agents
            for record in agent.records()
            if record["dn"] == dn
        ]

    async def told(self, address: str, word: str) -> list[EmailMessage]:
        """Wait until somebody was told something by mail; give all of their mails."""
        async with asyncio.timeout(_SECONDS):
            while True:
                mails = self.mailbox.to(address)
                if any(word in str(mail["Subject"]) for mail in mails):
                    return mails
                await asyncio.sleep(0.02)


class WatchedRelay(RelayHttp):
    """A relay as the portal reaches it; `posts` are the agents that were sent to."""

    posts: ClassVar[list[str]] = []

    async def post(self, agent: str, token: bytes, seconds: float) -> RelayReply:
        self.posts.append(agent)
        return await super().post(agent, token, seconds)


@pytest.fixture(scope="module")
def owner(clean_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """A relay and two agents of one domain that take each other's receipts."""
    with live_owner(clean_lab, tmp_path_factory.mktemp("owner")) as made:
        keys = {name: PrivateKeys.generate() for name in AGENTS}
        for name in AGENTS:
            others = [
                {"fingerprint": key.public.fingerprint}
                for other, key in keys.items()
                if other != name
            ]
            roles = {"help_desk": [clean_lab.people[HELPER]["dn"]]}
            settings = {"who": "all", "peers": others, "roles": roles}
            made.enrol(name, keys[name], self_service=settings)
        for agent in made.agents:
            agent.start()
        yield made


@pytest.fixture(scope="module")
def mail(
    clean_lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MailServerThread]:
    authority = Authority(clean_lab.ca, clean_lab.ca.parent / "ca.key")
    with mail_server(authority, tmp_path_factory.mktemp("mail") / "server") as server:
        yield server


def settings_with_mail(owner: Owner, mail: MailServerThread, folder: Path) -> Settings:
    """Give the settings of a portal with its database in a folder."""
    return owner.settings(
        folder / "portal.db",
        mail={
            "host": "localhost",
            "port": mail.port,
            "sender": "noreply@contoso.test",
            "ca": str(owner.lab.ca),
        },
    )


@pytest.fixture
async def live(
    owner: Owner, mail: MailServerThread, tmp_path: Path
) -> AsyncIterator[LivePortal]:
    settings = settings_with_mail(owner, mail, tmp_path)
    opened = portal.parts.portal(settings, owner.secrets, open_relay=WatchedRelay)
    WatchedRelay.posts.clear()
    async with opened as running:
        yield LivePortal(running, owner, mail.mailbox, tmp_path)
