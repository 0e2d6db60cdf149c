"""The VIES client over a real local server: what it makes of each answer, and of none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from local_servers import Answer, LocalServer, Request, serving

from platforms import vies
from platforms.errors import PlatformError
from platforms.transport import Transport, loopback

NUMBER, OURS = "DE136695976", "FR23334175221"
VALID = {
    "countryCode": "DE",
    "vatNumber": "136695976",
    "valid": True,
    "requestIdentifier": "WAPIAAAAX",
    "name": "MUSTER GMBH",
}
NOT_VALID = {"valid": False, "requestIdentifier": "", "name": "---"}


@pytest.fixture
def patient() -> Iterator[Transport]:
    """As the scheduled check builds it, in a copy that may call no other host."""
    found = Transport(timeout=(1, 0.3), retries=0, allow=loopback)
    yield found
    found.close()


def always(answer: Answer):  # type: ignore[no-untyped-def]
    return lambda request, handler: answer


def failing(transport: Transport, answer: Answer, number: str = NUMBER) -> tuple[PlatformError, LocalServer]:
    with serving(always(answer)) as server, pytest.raises(PlatformError) as caught:
        vies.check_number(transport, number, address=server.url)
    return caught.value, server


def test_a_valid_number_comes_with_its_holder_and_a_receipt(patient: Transport) -> None:
    with serving(always(Answer(VALID))) as server:
        found = vies.check_number(patient, NUMBER, OURS, server.url + "/check-vat-number")
    assert found == vies.ViesAnswer(True, "MUSTER GMBH", "WAPIAAAAX")
    [asked] = server.requests
    assert (asked.method, asked.path) == ("POST", "/check-vat-number")
    assert asked.json == {
        "countryCode": "DE",
        "vatNumber": "136695976",
        "requesterMemberStateCode": "FR",
        "requesterNumber": "23334175221",
    }


def test_who_has_no_number_asks_without_saying_who_asks(patient: Transport) -> None:
    with serving(always(Answer(VALID | {"name": "---", "requestIdentifier": None}))) as server:
        found = vies.check_number(patient, NUMBER, address=server.url)
    assert found == vies.ViesAnswer(True), "a register that keeps the holder's name to itself says ---"
    assert set(server.requests[0].json) == {"countryCode", "vatNumber"}


@pytest.mark.parametrize(
    "answer",
    [
        NOT_VALID,
        NOT_VALID | {"userError": "INVALID"},
        {"actionSucceed": False, "errorWrappers": [{"error": "INVALID_INPUT"}]},
    ],
)
def test_an_invalid_number_is_an_answer_and_no_error(patient: Transport, answer: dict[str, Any]) -> None:
    with serving(always(Answer(answer))) as server:
        assert vies.check_number(patient, NUMBER, address=server.url) == vies.ViesAnswer(False)


@pytest.mark.parametrize(
    "answer",
    [
        {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]},
        {"actionSucceed": False, "errorWrappers": [{"error": "MS_MAX_CONCURRENT_REQ"}]},
        NOT_VALID | {"userError": "MS_UNAVAILABLE"},
        {"valid": "yes"},
        {"errorWrappers": ["?"]},
        {},
    ],
)
def test_a_register_that_is_down_says_nothing_of_the_number(patient: Transport, answer: dict[str, Any]) -> None:
    error, server = failing(patient, Answer(answer))
    assert (error.code, error.retry, len(server.requests)) == ("unavailable", True, 1)


@pytest.mark.parametrize("body", [b"", b"<html>maintenance</html>", b'{"valid": tr', b"[]", b"null", b'"valid"'])
def test_a_malformed_answer_is_no_verdict(patient: Transport, body: bytes) -> None:
    error, _server = failing(patient, Answer(body))
    assert (error.code, error.retry) == ("bad_answer", True)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failing_service_is_asked_once_and_left_to_the_next_run(patient: Transport, status: int) -> None:
    error, server = failing(patient, Answer(VALID, status=status))
    assert error.retry and len(server.requests) == 1


def test_a_slow_service_is_given_up_in_time(patient: Transport) -> None:
    given_up = threading.Event()

    def slowly(request: Request, handler: object) -> Answer:
        given_up.wait(20)
        return Answer(VALID)

    started = time.monotonic()
    with serving(slowly) as server:
        with pytest.raises(PlatformError) as caught:
            vies.check_number(patient, NUMBER, address=server.url)
        waited = time.monotonic() - started
        given_up.set()
    assert (caught.value.code, caught.value.retry) == ("timeout", True)
    assert waited < 10, "the time-out counts, not the service"
    assert sum(vies.TIMEOUT) <= 20, "a scheduled action must not sit for long"


@pytest.mark.parametrize("number", ["", "136695976", "DE", "DE 136695976", "de136695976", "DE136.695", "DEÄ13669"])
def test_what_cannot_be_a_number_is_refused_before_anybody_is_asked(patient: Transport, number: str) -> None:
    with serving(always(Answer(VALID))) as server:
        assert vies.check_number(patient, number, address=server.url) == vies.ViesAnswer(False)
    assert not server.requests


def test_a_greek_number_may_begin_with_gr(patient: Transport) -> None:
    with serving(always(Answer(VALID))) as server:
        for number in ("GR094259216", "EL094259216"):
            assert vies.check_number(patient, number, address=server.url).valid
    assert {request.json["countryCode"] for request in server.requests} == {"EL"}


def test_no_other_host_is_ever_asked(patient: Transport) -> None:
    with serving(always(Answer(VALID))) as elsewhere:
        other = elsewhere.url.replace("127.0.0.1", "localhost") + "/stolen"
        for status in (301, 302, 307, 308):
            error, server = failing(patient, Answer(status=status, headers={"Location": other}))
            assert len(server.requests) == 1, error
        assert not elsewhere.requests, "a redirect is not followed"
    with pytest.raises(PlatformError) as caught:
        vies.check_number(patient, NUMBER)
    assert caught.value.code == "neutralized", "a copy does not call the register itself"
    assert patient.calls == 4
