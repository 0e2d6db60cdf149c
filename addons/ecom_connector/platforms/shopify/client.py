"""The wire to a Shopify shop: one address, one way to call it, what a call costs, and what its answers mean."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ..errors import PlatformError
from ..failures import loopback
from ..transport import Response, Transport
from ..words import _
from . import answers
from .address import shop_address
from .answers import Answer, Raw
from .auth import SignIn
from .operations import Batch, Operation

_logger = logging.getLogger(__name__)

# The version that is asked for; 2026-07 is served by the same documents (held to both schemas by a test).
API_VERSION = "2026-10"


class ShopifyClient:
    """One shop's Admin API. Every call raises :class:`PlatformError` and nothing else."""

    def __init__(
        self, url: str, credentials: Mapping[str, str], transport: Transport, version: str = API_VERSION
    ) -> None:
        self.base = shop_address(url)
        self.transport = transport
        self.version = version
        self.served_version = ""  # what Shopify says it answered with: another one once ours is retired
        self.asked_at: datetime | None = None  # the shop's clock, not later than when the last call was read there
        self.sizes: dict[str, int] = {}  # how much may be asked for at once, where a shop wanted it to be less
        self.sign_in = SignIn(self.base, credentials, transport)
        self._learned: dict[str, float] = {}  # by operation: what the last one took of what was expected

    @property
    def outdated(self) -> bool:
        """Whether Shopify answered with another version than was asked for."""
        return bool(self.served_version) and self.served_version != self.version

    def execute(
        self, operation: Operation, variables: Mapping[str, Any] | None = None, *, partial: bool = False
    ) -> Answer:
        """Run an operation.

        :param partial: errors of parts are left to the caller, in the answer
        :raises PlatformError: ``rate_limited`` with ``retry_after`` where points are short, ``access_denied`` where
            the app lacks a permission; otherwise as :class:`Transport` says
        """
        cost = operation.cost * self._learned.get(operation.name, 1.0)
        body = {"query": operation.text, "variables": dict(variables or {}), "operationName": operation.name}
        response = self._send(body, repeatable=operation.repeatable, cost=cost)
        self._read_headers(response)
        found = response.json()
        taken = answers.Cost.read(found) if isinstance(found, dict) else answers.Cost()
        if taken.actual is not None:
            self._learned[operation.name] = max(1.0, taken.actual) / operation.cost
            self.transport.settle(cost, taken.actual)
        return answers.read_answer(found, repeatable=operation.repeatable, partial=partial)

    def query(
        self, operation: Operation, variables: Mapping[str, Any] | None = None, *, spare: frozenset[str] = frozenset()
    ) -> Raw:
        """The data of a query, whole but for what is under the fields to ``spare``, which may be refused."""
        answer = self.execute(operation, variables, partial=bool(spare))
        if errors := [error for error in answer.errors if not spare.intersection(error.path)]:
            raise answers.error_of(errors, answer.cost, started=False)
        return answer.data

    def mutate(self, operation: Operation, variables: Mapping[str, Any] | None = None) -> Raw:
        """The payload of a mutation of one field.

        :raises PlatformError: for its ``userErrors`` too
        """
        data = self.execute(operation, variables).data
        payload = next(iter(data.values()), None)
        if error := answers.user_error(payload):
            raise error
        assert isinstance(payload, dict)
        return payload

    def run(self, batch: Batch, rows: Sequence[Mapping[str, Any]]) -> list[Raw | PlatformError]:
        """One result for each row, in order: the payload, or what went wrong with it (``userErrors`` too).

        In ``ceil(n / batch.size)`` calls.

        :raises PlatformError: only while nothing can have been written
        """
        results: list[Raw | PlatformError] = []
        for start in range(0, len(rows), batch.size):
            chunk = rows[start : start + batch.size]
            try:
                answer = self.execute(batch.operation(len(chunk)), batch.variables(chunk), partial=True)
            except PlatformError as error:
                if not results and not error.in_doubt:
                    raise
                # What was in the failed call may be done; what comes after it was never sent.
                results += [error] * len(chunk)
                results += [error.unsent()] * (len(rows) - len(results))
                return results
            results += [self._outcome(answer, f"r{index}", batch) for index in range(len(chunk))]
        return results

    def _outcome(self, answer: Answer, key: str, batch: Batch) -> Raw | PlatformError:
        if error := answers.error_at(answer, key):
            return error
        payload = answer.data.get(key)
        if batch.kind == "query":
            return payload if isinstance(payload, dict) else {}
        error = answers.user_error(payload, batch.errors)
        if error is None:
            assert isinstance(payload, dict)
            return payload
        return error

    def pages(self, operation: Operation, variables: Mapping[str, Any], connection: Callable[[Raw], Any]) -> list[Raw]:
        """All nodes of a list, read page by page; the operation takes ``$after``."""
        found: list[Raw] = []
        after: str | None = None
        while True:
            listed = connection(self.query(operation, {**variables, "after": after}))
            if not isinstance(listed, dict):
                raise PlatformError("bad_answer", _("Shopify's answer has no list."), retry=True)
            found += nodes(listed)
            after = next_page(listed)
            if not after:
                return found

    def _send(self, body: Raw, *, repeatable: bool, cost: float) -> Response:
        def send(token: str) -> Response:
            return self.transport.request(
                "POST",
                f"{self.base}/admin/api/{self.version}/graphql.json",
                json=body,
                headers={"X-Shopify-Access-Token": token},
                idempotent=repeatable,
                classify=answers.error_of_status,
                cost=cost,
            )

        self._check_secure()
        token = self.sign_in.token()
        try:
            return send(token)
        except PlatformError as error:
            # A token that ended before its time, or while another lane renewed it: nothing was done with it.
            if error.status != 401 or not self.sign_in.renewable:
                raise
            return send(self.sign_in.renewed())

    def _check_secure(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme == "http" and not loopback(parts.hostname or ""):
            raise PlatformError("insecure", _("The access token would travel unprotected."))

    def _read_headers(self, response: Response) -> None:
        served = response.headers.get("X-Shopify-API-Version", "")
        if served and served != self.served_version:
            self.served_version = served
            if self.outdated:
                _logger.warning("Shopify answers with version %s instead of %s", served, self.version)
        self.asked_at = response.date and response.date - timedelta(seconds=math.ceil(response.seconds))


def nodes(connection: Any) -> list[Raw]:
    """The rows of a list that came as ``nodes``."""
    found = connection.get("nodes") if isinstance(connection, Mapping) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def next_page(connection: Any) -> str:
    """The cursor of the next page, ``""`` where there is none."""
    info = connection.get("pageInfo") if isinstance(connection, Mapping) else None
    if not isinstance(info, Mapping) or info.get("hasNextPage") is not True:
        return ""
    cursor = info.get("endCursor")
    return cursor if isinstance(cursor, str) else ""
