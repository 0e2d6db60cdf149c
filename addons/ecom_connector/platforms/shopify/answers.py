"""What Shopify's answers mean: errors of the whole call, of one field, and of what a mutation was given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import PlatformError
from ..failures import failure_of_answer
from ..redaction import redact
from ..transport import Response
from ..values import text
from ..words import Words, _

Raw = dict[str, Any]

# What an error inside a 200 is to a caller: (our code, whether it may pass). Source: shopify.dev, "GraphQL Admin API
# response codes" and "rate limits".
_CODES: Mapping[str, tuple[str, bool]] = {
    "THROTTLED": ("rate_limited", True),
    "ACCESS_DENIED": ("access_denied", False),
    "SHOP_INACTIVE": ("blocked", False),
    "INTERNAL_SERVER_ERROR": ("shop_error", True),
    "TIMEOUT": ("shop_error", True),
    # Shops with 50,000 variants may have 1,000 new ones a day.
    "VARIANT_THROTTLE_EXCEEDED": ("variant_limit", True),
}
# What the statuses mean that only Shopify gives. Source: shopify.dev, "API response status codes".
_STATUSES: Mapping[int, Words] = {
    402: _("The shop is frozen until its owner pays Shopify (402)."),
    403: _("Shopify refuses the call (403): the app may lack a permission, or the shop was locked."),
    423: _("Shopify has locked this shop (423)."),
    430: _("Shopify refuses the call for its security (430)."),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What went wrong with a part of an answer; ``path`` leads to it, as keys and positions."""

    path: tuple[str, ...]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call took, in points, and what is left: ``None`` where Shopify does not say."""

    requested: float | None = None
    actual: float | None = None
    available: float | None = None
    maximum: float | None = None
    restore: float | None = None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Cost:
        extensions = body.get("extensions")
        cost = extensions.get("cost") if isinstance(extensions, Mapping) else None
        if not isinstance(cost, Mapping):
            return cls()
        status = cost.get("throttleStatus")
        status = status if isinstance(status, Mapping) else {}
        return cls(
            _number(cost.get("requestedQueryCost")),
            _number(cost.get("actualQueryCost")),
            _number(status.get("currentlyAvailable")),
            _number(status.get("maximumAvailable")),
            _number(status.get("restoreRate")),
        )

    @property
    def wait(self) -> float:
        """Seconds until a call that was throttled can be paid for."""
        missing = (self.requested or 0.0) - (self.available or 0.0)
        return max(1.0, min(missing / self.restore, 3600.0)) if self.restore else 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation brought: ``errors`` are those of parts, where the rest is there all the same."""

    data: Raw
    errors: tuple[FieldError, ...] = ()
    cost: Cost = Cost()


def error_of_status(response: Response) -> PlatformError | None:
    """What an answer of 400 and more means; Shopify's own words are in English."""
    plain = failure_of_answer(response.status, response.headers, idempotent=response.idempotent)
    try:
        body = json.loads(response.text)
    except ValueError:
        body = None
    words = _words_of(body)
    if response.status == 404 and words is not None:
        return PlatformError("not_found", _("There is no shop at this address (404)."), status=404)
    if response.status in (401, 403) and words is not None:
        code = "bad_key" if response.status == 401 else "access_denied"
        return PlatformError(code, refusal(words, response.status), status=response.status)
    if response.status in _STATUSES:
        return PlatformError("blocked", _STATUSES[response.status], status=response.status)
    if words and response.status < 500 and response.status not in (408, 429):
        return PlatformError("refused", refusal(words, response.status), status=response.status)
    return plain


def refusal(words: str, status: int = 0) -> Words:
    if status == 401:
        return _("Shopify refuses the key: “%(words)s”", words=redact(words))
    return _("Shopify refuses: “%(words)s”", words=redact(words))


def read_answer(body: Any, *, repeatable: bool, partial: bool) -> Answer:
    """The answer inside a 200.

    :param partial: leave errors of parts to the caller, as long as there are data
    :raises PlatformError: for what is no answer, and for errors; none is in doubt unless the shop failed midway
    """
    if not isinstance(body, dict) or not ("data" in body or "errors" in body):
        raise PlatformError(
            "bad_answer", _("Shopify's answer is no GraphQL answer."), retry=True, in_doubt=not repeatable
        )
    cost = Cost.read(body)
    errors = _field_errors(body.get("errors"))
    data = body.get("data")
    if errors and not (partial and isinstance(data, dict) and all(error.path for error in errors)):
        raise error_of(errors, cost, started=isinstance(data, dict) and not repeatable)
    if not isinstance(data, dict):
        raise PlatformError("bad_answer", _("Shopify's answer has no data."), retry=True, in_doubt=not repeatable)
    return Answer(data, errors, cost)


def user_error(payload: Any, key: str = "userErrors") -> PlatformError | None:
    """What a mutation says is wrong with what it was given; ``None`` when nothing is."""
    if not isinstance(payload, Mapping):
        return PlatformError("bad_answer", _("Shopify did not say what became of it."), retry=True, in_doubt=True)
    found = [row for row in payload.get(key) or () if isinstance(row, Mapping)]
    if not found:
        return None
    sentences = []
    for row in found[:3]:
        field = row.get("field")
        where = ".".join(str(part) for part in field) if isinstance(field, Sequence) else ""
        sentences.append(f"{where}: {text(row.get('message'))}" if where else text(row.get("message")))
    code = text(found[0].get("code")) or "refused"
    return PlatformError(code, refusal("; ".join(sentences)), status=200)


def error_at(answer: Answer, key: str) -> PlatformError | None:
    """The error of one root field, in an answer that was allowed to be partial."""
    errors = [error for error in answer.errors if error.path[:1] == (key,)]
    return error_of(errors, answer.cost, started=True) if errors else None


def error_of(errors: Sequence[FieldError], cost: Cost, *, started: bool) -> PlatformError:
    """The error that the first of these stands for; ``started`` where something may have been written."""
    first = errors[0]
    code, retry = _CODES.get(first.code, (first.code.lower() or "refused", False))
    if first.code == "THROTTLED":
        return PlatformError(
            code, _("The shop asks to slow down."), status=200, retry=True, retry_after=round(cost.wait, 1)
        )
    if code == "shop_error":
        message = _("The shop failed: “%(words)s”", words=redact(first.message))
        return PlatformError(code, message, status=200, retry=True, in_doubt=started)
    return PlatformError(code, refusal(first.message), status=200, retry=retry)


def _field_errors(found: Any) -> tuple[FieldError, ...]:
    if isinstance(found, str):
        return (FieldError((), "", found),)
    if not isinstance(found, list):
        return ()
    errors = []
    for row in found:
        row = row if isinstance(row, Mapping) else {"message": text(row)}
        path, extensions = row.get("path"), row.get("extensions")
        code = text(extensions.get("code")) if isinstance(extensions, Mapping) else ""
        errors.append(
            FieldError(
                tuple(str(part) for part in path) if isinstance(path, list) else (), code, text(row.get("message"))
            )
        )
    # What stops everything comes first.
    return tuple(sorted(errors, key=lambda error: error.code != "THROTTLED"))


def _words_of(body: Any) -> str | None:
    """What an error's body says: ``{"errors": "text"}``, ``{"error": …, "error_description": …}``."""
    if not isinstance(body, Mapping):
        return None
    for key in ("error_description", "errors", "error"):
        found = body.get(key)
        if isinstance(found, str):
            return found
        if found:
            return json.dumps(found)[:200]
    return None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
