"""The local addresses of status and metrics."""

from aiohttp import web

from agent.service.status import Status


async def serve(status: Status) -> web.AppRunner:
    """Serve `/ready` and `/metrics` on a port of the kernel's choice."""

    async def ready(_: web.Request) -> web.Response:
        code = 200 if status.ready else 503
        return web.json_response(status.as_dict(), status=code)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=status.metrics(), content_type="text/plain")

    app = web.Application()
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    status.listens_on(runner.addresses[0][1])
    return runner
