"""The transport over a real local server: what is repeated, what is given back, what never leaves."""

from __future__ import annotations

import gzip
import json as jsonlib
import logging
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_servers import Answer, Request, serving

from platforms.budget import RateBudget
from platforms.errors import PlatformError
from platforms.failures import failure_of_answer, loopback, retry_after_seconds
from platforms.transport import Transport


def answers(*given: Answer):  # type: ignore[no-untyped-def]
    """A server that gives these answers in turn, the last one again and again."""
    left = list(given)
    return lambda request, handler: left.pop(0) if len(left) > 1 else left[0]


def hang_up(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
    return Answer(raw=True)


def failing(transport: Transport, method: str, url: str, **options: object) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        transport.request(method, url, **options)  # type: ignore[arg-type]
    return caught.value


def test_a_get_survives_a_short_failure_of_the_gateway(transport: Transport) -> None:
    with serving(answers(Answer(status=502), Answer({"ok": 1}))) as server:
        assert transport.request("GET", server.url).json() == {"ok": 1}
    assert transport.calls == 2


def test_a_lasting_failure_is_given_back_within_two_seconds() -> None:
    slept: list[float] = []
    patient = Transport(sleep=slept.append)
    with serving(answers(Answer(status=500))) as server:
        error = failing(patient, "GET", server.url)
    assert (error.code, error.status, error.retry, error.in_doubt) == ("shop_error", 500, True, False)
    assert patient.calls == 3
    assert 0 < sum(slept) <= 2


def test_a_write_is_not_repeated_when_it_may_have_taken_effect(transport: Transport) -> None:
    for status in (500, 502, 504):
        with serving(answers(Answer(status=status))) as server:
            error = failing(transport, "POST", server.url, json={})
            assert len(server.requests) == 1
        assert error.retry and error.in_doubt
    with serving(answers(Answer(status=503), Answer({}))) as server:
        error = failing(transport, "POST", server.url, json={})
    assert error.retry and not error.in_doubt  # refused before it was looked at


def test_a_dropped_connection_puts_a_write_in_doubt(transport: Transport) -> None:
    with serving(hang_up) as server:
        error = failing(transport, "POST", server.url, json={"a": 1})
        assert (error.code, error.in_doubt, len(server.requests)) == ("dropped", True, 1)
        error = failing(transport, "GET", server.url)
        assert (error.code, error.in_doubt, error.retry) == ("dropped", False, True)
        assert len(server.requests) == 4  # the read was tried three times
        error = failing(transport, "PUT", server.url, json={}, idempotent=True)
        assert not error.in_doubt


def test_a_read_time_out_is_not_waited_for_again() -> None:
    def slow(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        time.sleep(1)
        return Answer({})

    transport = Transport(timeout=(1, 0.2))
    with serving(slow) as server:
        error = failing(transport, "GET", server.url)
        assert (error.code, error.retry, error.in_doubt, transport.calls) == ("timeout", True, False, 1)
        error = failing(transport, "POST", server.url, json={})
        assert (error.code, error.in_doubt) == ("timeout", True)


def test_an_answer_that_drips_ends(transport: Transport) -> None:
    def drip(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        try:
            for _ in range(400):
                handler.wfile.write(b"x" * 2_500)
                time.sleep(0.05)
        except OSError:
            pass
        return Answer(raw=True)

    transport = Transport(timeout=(0.1, 0.1))
    with serving(drip) as server:
        started = time.monotonic()
        assert failing(transport, "GET", server.url).code == "timeout"
    assert time.monotonic() - started < 10, "it drips for twenty seconds"


@pytest.mark.parametrize("how", ["plain", "chunked", "gzip"])
def test_an_answer_that_comes_byte_by_byte_ends_too(how: str) -> None:
    endless = gzip.compress(b"")[:3] + b"\x08" + bytes(6) + b"a" * 400  # the name in its head does not end
    headers = {
        "plain": {"Content-Length": "1000"},
        "chunked": {"Transfer-Encoding": "chunked"},
        "gzip": {"Content-Length": "1000", "Content-Encoding": "gzip"},
    }

    def drip(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        handler.send_response(200)
        for name, value in headers[how].items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            for byte in endless:
                handler.wfile.write(b"1\r\nx\r\n" if how == "chunked" else bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass
        return Answer(raw=True)

    transport = Transport(timeout=(0.1, 0.2))
    with serving(drip) as server:
        for method in ("GET", "POST"):
            started = time.monotonic()
            error = failing(transport, method, server.url)
            assert time.monotonic() - started < 10, "it drips for twenty seconds"
            assert (error.code, error.retry, error.in_doubt) == ("timeout", True, method == "POST")
    assert transport.calls == 2


def test_an_answer_that_breaks_off_is_told_from_one_that_stops(transport: Transport) -> None:
    def answer(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        handler.send_response(200)
        encoding = {"Content-Encoding": "gzip"} if request.path == "/damaged" else {}
        length = {"Transfer-Encoding": "chunked"} if request.path == "/chunks" else {"Content-Length": "9"}
        for name, value in (encoding | length).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write({"/damaged": b"123456789", "/chunks": b"5\r\nab"}.get(request.path, b"abc"))
        handler.wfile.flush()
        if request.path == "/stops":
            time.sleep(2.5)
        return Answer(raw=True)

    with serving(answer) as server:
        for path, code in (("short", "dropped"), ("chunks", "dropped"), ("damaged", "dropped"), ("stops", "timeout")):
            transport = Transport(timeout=(2, 1))  # no connection that the server is about to close
            error = failing(transport, "PATCH", f"{server.url}/{path}", idempotent=False)
            assert (error.code, error.retry, error.in_doubt) == (code, True, True), path


def test_a_compressed_answer_is_read_in_full(transport: Transport) -> None:
    body = gzip.compress(jsonlib.dumps([{"n": n} for n in range(20_000)]).encode())
    with serving(answers(Answer(body, headers={"Content-Encoding": "gzip"}))) as server:
        assert transport.request("GET", server.url).json()[-1] == {"n": 19_999}
        small = Transport(max_bytes=100_000)
        assert failing(small, "GET", server.url).code == "too_large"


def test_retry_after_is_handed_to_the_caller_without_waiting() -> None:
    slept: list[float] = []
    impatient = Transport(sleep=slept.append)
    for header, wanted in (("7", 7.0), (formatdate(time.time() + 30, usegmt=True), 30.0), ("soon", None)):
        for status in (429, 503):
            with serving(answers(Answer(status=status, headers={"Retry-After": header}))) as server:
                error = failing(impatient, "GET", server.url)
            assert error.retry and sum(slept) <= 2, "the caller plans a longer wait"
            slept.clear()
            assert error.retry_after == (pytest.approx(wanted, abs=2) if wanted else None)


def test_redirects_never_carry_credentials_away(transport: Transport) -> None:
    with serving(answers(Answer({"stolen": True}))) as other:
        with serving(answers(Answer(status=302, headers={"Location": other.url}))) as server:
            for follow in (False, True):
                error = failing(transport, "GET", server.url, auth=("ck_testkey", "cs_testsecret"), follow=follow)
                assert (error.code, error.retry) == ("moved", False)
                assert other.url in error.message
        assert other.requests == []


def test_a_redirect_on_the_same_host_is_followed_once_if_asked(transport: Transport) -> None:
    def moved(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        return Answer({"at": request.path}) if request.path == "/new" else Answer(status=301, headers=to)

    to = {"Location": "/new"}
    with serving(moved) as server:
        assert transport.request("GET", f"{server.url}/old", follow=True).json() == {"at": "/new"}
        assert failing(transport, "GET", f"{server.url}/old").code == "moved"
        assert failing(transport, "POST", f"{server.url}/old", follow=True).code == "moved"


def test_a_huge_answer_is_cut_off() -> None:
    transport = Transport(timeout=(1, 5), max_bytes=100_000)
    with serving(answers(Answer(b"x" * 1_000_000))) as server:
        assert failing(transport, "GET", server.url).code == "too_large"
        error = failing(transport, "POST", server.url, json={})
        assert error.code == "too_large" and error.in_doubt


def test_an_answer_that_is_no_json(transport: Transport) -> None:
    page = b"<html>Please log in, marie@example.com</html>"
    with serving(answers(Answer(page, headers={"Content-Type": "text/html"}))) as server:
        response = transport.request("GET", server.url)
        with pytest.raises(PlatformError, match="text/html") as caught:
            response.json()
        assert caught.value.code == "bad_answer" and not caught.value.in_doubt
        assert "marie" not in caught.value.message
        with pytest.raises(PlatformError) as caught:
            transport.request("POST", server.url, json={}).json()
        assert caught.value.in_doubt
    with serving(answers(Answer(b'\xef\xbb\xbf{"a": 1}'))) as server:
        assert transport.request("GET", server.url).json() == {"a": 1}


def test_a_refused_connection_is_repeated_even_for_writes() -> None:
    transport = Transport(timeout=(1, 1))
    with serving(answers(Answer({}))) as server:
        url = server.url
    error = failing(transport, "POST", url, json={})
    assert (error.code, error.retry, error.in_doubt, transport.calls) == ("unreachable", True, False, 3)
    error = failing(transport, "GET", "http://no-such-shop.invalid/")
    assert (error.code, error.in_doubt) == ("unreachable", False)
    assert failing(transport, "GET", "ftp://example.com/").code == "not_found"
    assert failing(transport, "GET", "nonsense").code == "not_found"


def test_tls_failures_are_named() -> None:
    with serving(answers(Answer({}))) as server:
        error = failing(Transport(timeout=(1, 1)), "POST", server.url.replace("http:", "https:"), json={})
    assert (error.code, error.in_doubt, error.retry) == ("tls", False, True)


def test_a_neutralised_database_calls_loopback_only(transport: Transport) -> None:
    transport.allow = loopback
    error = failing(transport, "GET", "https://shop.example.com/")
    assert (error.code, error.retry, transport.calls) == ("neutralized", False, 0)
    with serving(answers(Answer({}))) as server:
        transport.request("GET", server.url)
    assert loopback("localhost") and loopback("127.1.2.3") and loopback("::1") and loopback("[::1]")
    assert not loopback("127.0.0.1.example.com") and not loopback("10.0.0.1") and not loopback("localhost.example.com")


def test_logs_and_errors_hide_secrets_and_people(transport: Transport, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def classify(response: object) -> PlatformError:
        return PlatformError("x", "cs_testsecret refused for marie@example.com, +33 6 12 34 56 78")

    with serving(answers(Answer(status=400))) as server:
        params = {"consumer_secret": "cs_testsecret", "email": "marie@example.com"}
        error = failing(transport, "GET", f"{server.url}/shop", params=params, classify=classify)
        transport.close()
    url = server.url
    failing(transport, "GET", url, params={"consumer_secret": "cs_testsecret"})
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("platforms"))
    assert "GET 127.0.0.1/shop 400" in ours
    for hidden in ("cs_testsecret", "marie", "12 34 56"):
        assert hidden not in ours and hidden not in error.message and hidden not in str(error)


def test_cookies_are_not_kept(transport: Transport) -> None:
    with serving(answers(Answer({}, headers={"Set-Cookie": "session=1"}))) as server:
        transport.request("GET", server.url)
        transport.request("GET", server.url)
        assert "Cookie" not in server.requests[1].headers


def test_the_budget_is_asked_before_every_attempt() -> None:
    budget = RateBudget(0.01, 2)
    transport = Transport(timeout=(1, 1), budget=budget)
    with serving(answers(Answer({}))) as server:
        transport.request("GET", server.url)
        transport.request("GET", server.url)
        error = failing(transport, "GET", server.url)
        assert len(server.requests) == 2
    assert (error.code, error.retry, error.in_doubt) == ("rate_limited", True, False)
    assert error.retry_after == pytest.approx(100, abs=1)


@given(st.integers(300, 599), st.booleans(), st.text(max_size=6) | st.floats().map(str) | st.integers().map(str))
def test_every_status_is_classified_soundly(status: int, idempotent: bool, header: str) -> None:
    error = failure_of_answer(status, {"Retry-After": header}, idempotent=idempotent, url="https://shop.example")
    assert error.status == status and error.code and error.message
    assert not (error.in_doubt and (idempotent or status < 500))
    assert error.retry == (status >= 500 or status in (408, 429))
    assert error.retry_after is None or 0 <= error.retry_after <= 3600


@given(st.text(max_size=40))
def test_retry_after_never_breaks(header: str) -> None:
    seconds = retry_after_seconds(header)
    assert seconds is None or 0 <= seconds <= 3600
