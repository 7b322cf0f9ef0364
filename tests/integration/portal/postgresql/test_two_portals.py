"""Two whole portals on one PostgreSQL, begun at once: a visit goes on at either."""

import asyncio
from contextlib import AsyncExitStack, nullcontext
from dataclasses import replace
from pathlib import Path

import portal.parts
from portal.keys.secret_files import SecretFiles
from portal.parts import Portal
from tests.fixtures.portal.running import ANNA, Running, running


async def test_nodes_that_begin_at_once_both_know_the_agents(
    postgresql: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        alone = await stack.enter_async_context(running(tmp_path))
        known = alone.portal.services.settings.model_copy(
            update={"database": postgresql}
        )

        async def begun() -> Portal:
            return await stack.enter_async_context(
                portal.parts.portal(
                    known,
                    SecretFiles(tmp_path / "secrets"),
                    clock=alone.clock,
                    tick_s=0.004,
                    open_relay=lambda _address, _key: nullcontext(alone.agent),
                )
            )

        nodes = await asyncio.gather(begun(), begun())
        for node in nodes:
            run = replace(alone, portal=node)
            assert isinstance(run, Running)
            browser = run.browser()
            await browser.open("/account/sign-in")
            page = await browser.send(name=ANNA.upn, password=ANNA.password)
            assert page.path == "/account", page.text
