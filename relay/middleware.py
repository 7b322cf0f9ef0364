"""What every request passes on its way in and out: its time, its size, refusals."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from relay.connections.registry import Registry
from relay.errors import Refused

LOG = logging.getLogger("relay.server")
# of whom nothing is proven yet: an application is about 2 KiB
MAX_ENROLMENT_BODY = 16 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def timed(registry: Registry) -> Middleware:
    """Make what notes on its connection how far a request has come."""

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            connection = registry.of(request)
        except Refused as refusal:  # nobody reads it any more
            return web.Response(status=refusal.status)
        connection.header_came()
        try:
            response = await handler(request)
            registry.responses[response.status] += 1
            if registry.is_draining:
                response.force_close()
            return response
        finally:
            connection.answered()

    return note


@web.middleware
async def bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take no more from strangers than an application needs."""
    if request.path.startswith("/$enrol"):
        request = request.clone(client_max_size=MAX_ENROLMENT_BODY)
    return await handler(request)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refusal as JSON."""
    try:
        return await handler(request)
    except Refused as refusal:
        return web.json_response(refusal.body, status=refusal.status)
    except web.HTTPException as error:
        return web.json_response(_in_words(error, request).body, status=error.status)
    except (web.RequestPayloadError, ConnectionError):  # broken on the way here
        refused = Refused(400, "the body is not whole", "Send it again.")
        return web.json_response(refused.body, status=refused.status)
    except Exception:  # the request's boundary: whatever it was, the relay goes on
        LOG.exception("a request failed in a way the relay was not built for")
        body = {"error": "the relay failed", "remedy": "Ask again; see its log."}
        return web.json_response(body, status=500)


def _in_words(error: web.HTTPException, request: web.Request) -> Refused:
    """Say what the HTTP library refused as the relay says its own refusals."""
    match error:
        case web.HTTPRequestEntityTooLarge():
            what = f"the body is over {request.client_max_size} bytes"
            return Refused(error.status, what, "Send less.")
        case web.HTTPMethodNotAllowed():
            what = f"this address does not take {error.method}"
            remedy = f"Send {' or '.join(sorted(error.allowed_methods))}."
            return Refused(error.status, what, remedy)
        case web.HTTPNotFound():
            places = (
                "An agent is at /NAME, its link at /$hc/NAME, enrolment at /$enrol."
            )
            return Refused(error.status, "nothing is at this address", places)
    reason = error.reason.lower()
    return Refused(error.status, reason, "Mend the request.")
