"""What every answer of the server passes: whose request it is, how large it may be, and what a browser may load."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST = 1 << 20  # bytes of what is sent to the page
TOO_LARGE = f"That is larger than {LARGEST >> 20} MB."
LONGEST = 4096  # bytes of an address
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
}  # fmt: skip


class Guard:
    """A layer around the application.

    Parameters
    ----------
    hosts : by which the page may be called; any where empty, since a name in a network is not known beforehand
    """

    def __init__(self, app: App, hosts: tuple[str, ...] = ()) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refused(scope)
        if refusal is not None:
            await PlainTextResponse(refusal[1], refusal[0], HEADERS)(scope, receive, send)
            return

        limited = _Limited(receive)

        async def sealed(message: Message) -> None:
            if limited.over:
                return
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, limited, sealed)
        except ClientDisconnect:  # what the application says of it was not sent
            if not limited.over:
                raise
        if limited.over:
            await PlainTextResponse(TOO_LARGE, 413, HEADERS)(scope, receive, send)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self.hosts and _name(host) not in self.hosts:
            return 400, "This page is for the machine that serves it."
        if len(scope.get("query_string", b"")) > LONGEST:
            return 414, "The address is too long."
        if scope["method"] not in ("GET", "HEAD"):
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != host:
                return 403, "This request comes from another page."
            if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return 403, "This request comes from another page."
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length) > LARGEST:
                return 413, TOO_LARGE
        return None


def _name(host: str) -> str:
    """Return a host without its port."""
    return host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.rpartition(":")[0] or host


class _Limited:
    """What receives no more than may be sent, whatever the sender says of its length: then it is as if he had gone.

    Attributes
    ----------
    over : whether more was sent
    """

    def __init__(self, receive: Receive) -> None:
        self._receive, self._seen = receive, 0

    @property
    def over(self) -> bool:
        return self._seen > LARGEST

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.over else message
