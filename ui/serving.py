"""How the app is served: security headers, and Streamlit's own files compressed once."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}

# Streamlit needs inline scripts and styles, and its chart libraries compile expressions. Nothing may be
# loaded from, or sent to, another server.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss: data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}


def middleware() -> list[Middleware]:
    """What st.App puts before Streamlit, outermost first."""
    return [Middleware(Headers), Middleware(Compressed)]


class Headers:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS.items()]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Compressed:
    """Answers for Streamlit's own scripts and styles with bytes compressed once.

    Streamlit sends them as they are (4.7 MB for Plotly; 1.4 MB compressed). Their names carry a hash of
    their content, so browsers may keep them for good.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.folder = Path(file_util.get_static_dir()).resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._file(scope)
        if file is None:
            await self.app(scope, receive, send)
            return
        body = await to_thread.run_sync(_compressed, file)
        headers = {
            "Content-Encoding": "gzip",
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, immutable, max-age=31536000",
        }
        await Response(body, media_type=TYPES[file.suffix], headers=headers)(scope, receive, send)

    def _file(self, scope: Scope) -> Path | None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        _, found, name = scope["path"].partition("/static/")
        sent = dict(scope["headers"])
        if not found or b"gzip" not in sent.get(b"accept-encoding", b"") or b"range" in sent:
            return None
        file = (self.folder / "static" / name).resolve()
        inside = file.is_relative_to(self.folder / "static")
        return file if inside and file.suffix in TYPES and file.is_file() else None


@lru_cache(maxsize=512)
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)
