"""Security headers on every answer; Streamlit's own files compressed once and the same inside."""

import asyncio
import gzip

import pytest

from ui import serving


async def plain(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-from", b"streamlit")]})
    await send({"type": "http.response.body", "body": b"streamlit"})


def get(path, app, **headers):
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": sent}
    answer = []

    async def send(message):
        answer.append(message)

    asyncio.run(app(scope, None, send))
    found = {name.decode().lower(): value.decode() for name, value in answer[0]["headers"]}
    return found, b"".join(message.get("body", b"") for message in answer)


@pytest.fixture
def compressed():
    return serving.Compressed(plain)


def a_script(compressed):
    return max((compressed.folder / "static" / "js").glob("index.*.js"), key=lambda file: file.stat().st_size)


def test_scripts_are_compressed_and_kept_for_good(compressed):
    file = a_script(compressed)
    headers, body = get(f"/static/js/{file.name}", compressed, accept_encoding="gzip, br")
    assert gzip.decompress(body) == file.read_bytes()
    assert headers["content-encoding"] == "gzip" and headers["content-length"] == str(len(body))
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"accept_encoding": "gzip"}),
        ("/static/js/none.js", {"accept_encoding": "gzip"}),
        ("/static/../../app.py", {"accept_encoding": "gzip"}),
        ("/static/js/../../../runtime/secrets.py", {"accept_encoding": "gzip"}),
    ],
)
def test_all_else_is_left_to_streamlit(compressed, path, headers):
    assert get(path, compressed, **headers)[1] == b"streamlit"


def test_clients_that_cannot_decompress_get_the_file_as_it_is(compressed):
    path = f"/static/js/{a_script(compressed).name}"
    assert get(path, compressed)[1] == b"streamlit"
    assert get(path, compressed, accept_encoding="gzip", range="bytes=0-9")[1] == b"streamlit"


def test_every_answer_forbids_other_servers():
    headers, _ = get("/", serving.Headers(plain))
    assert headers["x-from"] == "streamlit"
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert not any("http" in sources or "*" in sources for sources in policy.values())
    assert headers["x-content-type-options"] == "nosniff"
