"""Pictures at addresses that a shop's catalogue names: fetched from the world, and from nowhere else."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest
from local_servers import Answer, Request, serving

from decisions import media
from platforms.errors import PlatformError
from platforms.failures import loopback
from platforms.pictures import PictureFetcher, is_public

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)
MEGABYTE = 1024 * 1024


def fetcher(**options: object) -> PictureFetcher:
    return PictureFetcher(media.kind, **({"local": True, "timeout": (1.0, 1.0)} | options))  # type: ignore[arg-type]


def refusal(found: PictureFetcher, url: str) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        found.fetch(url)
    return caught.value


def picture(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
    return Answer(PNG, headers={"Content-Type": "image/png"})


def test_a_picture_is_fetched_and_known_by_its_content() -> None:
    with serving(picture) as server:
        found = fetcher().fetch(f"{server.url}/a.jpg")
    assert (found.content, found.kind) == (PNG, "image/png")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "not an address",
    ],
)
def test_private_addresses_are_known_however_they_are_written(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_public() -> None:
    assert all(map(is_public, ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822")))


def test_a_name_that_leads_into_the_network_is_refused_before_anything_is_sent() -> None:
    with serving(picture) as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            assert refusal(fetcher(local=False), f"{url}/a.png").code == "private_address"
        deceiving = fetcher(local=False, resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])
        assert refusal(deceiving, "http://shop.example/a.png").code == "private_address"
        assert server.requests == []


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/admin", "http://169.254.169.254/latest/meta-data/", "//[fd00::1]/a"]
)
def test_a_redirect_into_a_private_network_is_refused(target: str) -> None:
    with serving(lambda request, handler: Answer(status=302, headers={"Location": target})) as server:
        assert refusal(fetcher(), server.url).code == "private_address"
        assert len(server.requests) == 1


def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """The connection goes to the address that was looked at; the next one is looked at anew."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with serving(
        lambda request, handler: Answer(status=302, headers={"Location": "/b", "Connection": "close"})
    ) as server:
        port = server.url.rsplit(":", 1)[1]
        found = fetcher(resolve=lambda host, port: answers.pop(0))
        assert refusal(found, f"http://shop.example:{port}/a").code == "private_address"
        assert [request.headers["Host"] for request in server.requests] == [f"shop.example:{port}"]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://h/a.png", "http://", "http://u:p@h/a", "http://h:x/a", "a"]
)
def test_what_is_no_web_address_is_not_tried(url: str) -> None:
    assert refusal(fetcher(), url).code == "not_found"


def test_a_redirect_to_a_file_is_not_followed() -> None:
    with serving(lambda request, handler: Answer(status=302, headers={"Location": "file:///etc/passwd"})) as server:
        assert refusal(fetcher(), server.url).code == "not_found"


def test_redirects_come_to_an_end() -> None:
    with serving(lambda request, handler: Answer(status=302, headers={"Location": "/again"})) as server:
        assert refusal(fetcher(), server.url).code == "moved"
        assert len(server.requests) == 4


def test_a_large_picture_is_refused_by_what_it_says_of_itself() -> None:
    def large(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        handler.send_response_only(200)
        handler.send_header("Content-Type", "image/png")
        handler.send_header("Content-Length", str(40 * MEGABYTE))
        handler.end_headers()
        return Answer(raw=True)

    with serving(large) as server:
        error = refusal(fetcher(), server.url)
    assert (error.code, error.retry) == ("too_large", False)
    assert "20 MB" in error.message


def test_a_picture_that_lies_about_its_size_is_not_read_to_its_end() -> None:
    sent = 0

    def endless(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        nonlocal sent
        handler.send_response_only(200)
        handler.send_header("Content-Type", "image/png")
        handler.end_headers()
        try:
            handler.wfile.write(PNG)
            while sent < 40 * MEGABYTE:
                sent += handler.wfile.write(bytes(64 * 1024))
        except OSError:
            pass
        return Answer(raw=True)

    with serving(endless) as server:
        assert refusal(fetcher(max_bytes=MEGABYTE), server.url).code == "too_large"
    assert sent < 20 * MEGABYTE


def test_a_page_is_no_picture_whatever_it_says() -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    with serving(lambda request, handler: Answer(page, headers={"Content-Type": "text/html"})) as server:
        assert refusal(fetcher(), server.url).code == "not_a_picture"
    with serving(lambda request, handler: Answer(page, headers={"Content-Type": "image/png"})) as server:
        assert refusal(fetcher(), server.url).code == "not_a_picture"
    with serving(lambda request, handler: Answer(b"", headers={"Content-Type": "image/png"})) as server:
        assert refusal(fetcher(), server.url).code == "not_a_picture"


@pytest.mark.parametrize(("status", "code", "retry"), [(404, "not_found", False), (503, "shop_error", True)])
def test_an_address_with_nothing_at_it_says_so(status: int, code: str, retry: bool) -> None:
    with serving(lambda request, handler: Answer(status=status)) as server:
        error = refusal(fetcher(), server.url)
    assert (error.code, error.retry) == (code, retry)


def test_a_server_that_drips_is_left() -> None:
    def drip(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        handler.send_response_only(200)
        handler.send_header("Content-Type", "image/png")
        handler.end_headers()
        try:
            for byte in PNG * 10:
                handler.wfile.write(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass
        return Answer(raw=True)

    with serving(drip) as server:
        started = time.monotonic()
        error = refusal(fetcher(seconds=0.5, timeout=(1.0, 0.3)), server.url)
    assert error.retry
    assert time.monotonic() - started < 10, "it drips for half a minute"


def test_a_neutralised_copy_asks_nobody_outside() -> None:
    assert refusal(fetcher(allow=loopback), "https://shop.example/a.png").code == "neutralized"
