"""`/ready` and `/metrics`, for this machine alone."""

from collections.abc import Callable, Iterator

from aiohttp import web

from relay.errors import RelayUnusable

Metric = tuple[str, str, str, float]


class LocalStatus:
    """Serves what `problems` and `metrics` say at the time; nobody else reaches it.

    A problem is a sentence; without any the relay is ready. A metric is its name, its
    kind, its labels and its value.
    """

    def __init__(
        self,
        problems: Callable[[], list[str]],
        metrics: Callable[[], Iterator[Metric]],
    ) -> None:
        self._problems, self._metrics = problems, metrics
        app = web.Application()
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._counters)
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=15.0)

    async def start(self, host: str, port: int) -> None:
        """Open the port; RelayUnusable where it is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.stop()
            raise RelayUnusable(
                f"metrics: can't listen on {host}:{port}: {error.strerror}",
                "choose a free port of this machine",
            ) from error

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _ready(self, _: web.Request) -> web.Response:
        problems = self._problems()
        content = {"ready": not problems, "problems": problems}
        return web.json_response(content, status=503 if problems else 200)

    async def _counters(self, _: web.Request) -> web.Response:
        return web.Response(text=prometheus(self._metrics()), content_type="text/plain")


def prometheus(metrics: Iterator[Metric]) -> str:
    """Write metrics in Prometheus' text format 0.0.4; those of a name are together."""
    lines = []
    before = ""
    for name, kind, labels, value in metrics:
        if name != before:
            lines.append(f"# TYPE {name} {kind}")
            before = name
        shown = f"{{{labels}}}" if labels else ""
        lines.append(f"{name}{shown} {value:g}")
    return "\n".join([*lines, ""])
