"""HTTP sessions to a relay: no redirect is followed, no answer is read without end.

A token goes where the settings say, and nowhere else: who answers in the relay's place
would else have it carried to any host, in clear too.
"""

from http import HTTPStatus

import aiohttp
from aiohttp import ClientHandlerType

# 301 to 308 without 304 (RFC 9110 section 15.4)
REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)


_TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=30)


class AnswerTooLong(aiohttp.ClientError):
    """A body is longer than any that is asked for here."""


def http_session(
    timeout: aiohttp.ClientTimeout = _TIMEOUT,
) -> aiohttp.ClientSession:
    """Open a session in which a redirect is a failure (ClientResponseError)."""
    return aiohttp.ClientSession(timeout=timeout, middlewares=(_refuse_redirect,))


async def read_short(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """Read a body; AnswerTooLong where it has more than `most` bytes."""
    body = b""
    async for chunk in answer.content.iter_chunked(most):
        body += chunk
        if len(body) > most:
            raise AnswerTooLong
    return body


async def _refuse_redirect(
    request: aiohttp.ClientRequest, handler: ClientHandlerType
) -> aiohttp.ClientResponse:
    """Stand below where aiohttp follows: in a WebSocket's handshake that is no option.

    A CONNECT proxy's own redirect is no answer, and a failure already.
    """
    answer = await handler(request)
    if answer.status not in REDIRECTS:
        return answer
    answer.close()
    raise aiohttp.ClientResponseError(
        answer.request_info, (), status=answer.status, headers=answer.headers
    )
