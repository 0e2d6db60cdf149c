"""Sending many mutations: as many in a document as their points and Shopify's patience allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..base import Raw
from ..errors import PlatformError
from ..publishing import Refusal
from ..values import text
from ..words import _
from .answers import error_at, refusal
from .client import ShopifyClient
from .operations import MOST_POINTS, Batch

# Mutations of one document run one after the other; a document must be through before the transport gives up.
_MOST_ROWS = 50
_MOST_POINTS = MOST_POINTS - 100


class Calls:
    """The calls of one push: raises while nothing was written, from then on answers for every row."""

    def __init__(self, client: ShopifyClient) -> None:
        self.client = client
        self.wrote = False
        self.stopped: PlatformError | None = None

    def run(
        self,
        batch: Batch,
        rows: Sequence[Mapping[str, Any]],
        points: Callable[[Mapping[str, Any]], float],
        most: int = _MOST_ROWS,
    ) -> list[Raw | PlatformError]:
        """One payload for each row, in order, ``userErrors`` and all, or what went wrong.

        :param points: what a row costs
        :param most: rows of a document, fewer for what takes the shop long
        :raises PlatformError: only while nothing was written
        """
        return [outcome for chunk in _packed(rows, points, most) for outcome in self._send(batch, chunk)]

    def _send(self, batch: Batch, rows: list[Mapping[str, Any]]) -> list[Raw | PlatformError]:
        if self.stopped is not None:
            return [self.stopped] * len(rows)
        try:
            answer = self.client.execute(batch.operation(len(rows)), batch.variables(rows), partial=True)
        except PlatformError as error:
            if error.code == "max_cost_exceeded" and len(rows) > 1:
                half = len(rows) // 2
                return [*self._send(batch, rows[:half]), *self._send(batch, rows[half:])]
            if not self.wrote and not error.in_doubt:
                raise
            self.wrote = True
            self.stopped = error.unsent()  # what ails the shop ails the rest
            return [error] * len(rows)
        self.wrote = True
        found: list[Raw | PlatformError] = []
        for index in range(len(rows)):
            key = f"r{index}"
            payload = answer.data.get(key)
            found.append(error_at(answer, key) or (payload if isinstance(payload, dict) else _silent()))
        return found


def _packed(
    rows: Sequence[Mapping[str, Any]], points: Callable[[Mapping[str, Any]], float], most: int
) -> Iterator[list[Mapping[str, Any]]]:
    chunk: list[Mapping[str, Any]] = []
    total = 0.0
    for row in rows:
        cost = points(row)
        if chunk and (total + cost > _MOST_POINTS or len(chunk) == most):
            yield chunk
            chunk, total = [], 0.0
        chunk.append(row)
        total += cost
    if chunk:
        yield chunk


def _silent() -> PlatformError:
    message = _("Shopify did not say what became of it.")
    return PlatformError("bad_answer", message, retry=True, in_doubt=True)


# What Shopify calls what a document calls otherwise.
_FIELDS: Mapping[str, str] = {
    "title": "name",
    "handle": "slug",
    "descriptionHtml": "description",
    "status": "state",
    "vendor": "brands",
    "tags": "tags",
    "collections": "categories",
    "collectionsToJoin": "categories",
    "files": "images",
    "file": "image",
    "mediaId": "image",
    "metafields": "custom",
    "sku": "sku",
    "barcode": "barcode",
    "price": "price",
    "compareAtPrice": "sale_price",
    "optionValues": "options",
}
_GONE = frozenset({"PRODUCT_DOES_NOT_EXIST", "PRODUCT_VARIANT_DOES_NOT_EXIST", "VARIANT_NOT_FOUND", "NOT_FOUND"})


def user_errors(payload: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Refusal]]:
    """``(path of the input, why it was refused)`` of each error of a payload."""
    found = []
    for row in payload.get("userErrors") or ():
        if isinstance(row, Mapping):
            path = tuple(str(part) for part in row.get("field") or ())
            code = text(row.get("code"))
            gone = code in _GONE or path[-1:] == ("id",) or path == ("productId",)
            named = next((_FIELDS[part] for part in reversed(path) if part in _FIELDS), "")
            message = refusal(text(row.get("message")))
            found.append((path, Refusal("not_found" if gone else code.lower() or "refused", message, field=named)))
    return found


def first_refusal(payload: Mapping[str, Any]) -> Refusal | None:
    return next((found for _path, found in user_errors(payload)), None)


def of_call(error: PlatformError, new: bool = False) -> Refusal:
    """A change may be repeated without a look; what was to be made may be there."""
    return Refusal(error.code, error.message, error.retry, error.in_doubt and new, error.retry_after)
