"""The local addresses of status and metrics."""

from aiohttp import web

from agent.service.metrics import Metrics
from agent.service.status import Status


async def serve(status: Status, metrics: Metrics) -> web.AppRunner:
    """Serve `/ready` and `/metrics` on a port of the kernel's choice."""

    async def ready(_: web.Request) -> web.Response:
        code = 200 if status.ready else 503
        return web.json_response(status.as_dict(), status=code)

    async def counters(_: web.Request) -> web.Response:
        text = metrics.text(status.gauges())
        return web.Response(text=text, content_type="text/plain")

    app = web.Application()
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", counters)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    status.listens_on(runner.addresses[0][1])
    return runner
