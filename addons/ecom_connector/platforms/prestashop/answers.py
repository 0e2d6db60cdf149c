"""What the webservice says when it refuses or fails."""

from __future__ import annotations

import re

from ..errors import PlatformError
from ..failures import failure_of_answer
from ..redaction import redact
from ..transport import Response
from ..words import Words, _
from . import xml

# "isActivated", "authenticate" and "checkResource" of the webservice's source: what the key is refused with.
KEY_CODES = frozenset({"16", "17", "18", "19", "20", "21"})
RIGHT_CODES = frozenset({"25", "26"})
DISABLED_CODE = "22"
# XML that it cannot read: an HTTP 500 that will never succeed (observed on 8.1.2).
_MALFORMED = "127"

# How an error begins that PHP only warned of.
PHP_SAID = "[PHP "


def error_of_answer(response: Response) -> PlatformError | None:
    """What the webservice says in its errors; ``None`` when the answer is not its own, or empty (404)."""
    try:
        told = xml.errors(response.body)
    except ValueError:
        return None
    if not told:
        return None
    codes = {code for code, _message in told}
    words = " ".join(dict.fromkeys(message for _code, message in told if message))
    plain = failure_of_answer(response.status, response.headers, idempotent=response.idempotent)
    code = told[0][0] or "refused"
    if DISABLED_CODE in codes:
        return PlatformError(DISABLED_CODE, _refusal(words, response.status), status=response.status)
    if response.status < 500 and response.status not in (408, 429):
        code = next((found for found in codes if found in RIGHT_CODES), code)
        return PlatformError(code, _refusal(_short(words), response.status), status=response.status)
    lasting = _MALFORMED in codes
    # A warning in some module comes with every answer, whatever the webservice did (``webserviceErrorHandler``).
    warned = response.status == 500 and PHP_SAID in words
    return PlatformError(
        # One that says what it failed at is not down.
        _MALFORMED if lasting else code if response.status == 500 else plain.code,
        _("The shop failed: “%(words)s”", words=_short(words)),
        status=response.status,
        retry=plain.retry and not lasting and not warned,
        retry_after=plain.retry_after,
        # It could not even read what was sent, so nothing happened.
        in_doubt=plain.in_doubt and not lasting,
    )


def _refusal(words: str, status: int) -> Words:
    """The shop's own words, which are in English whatever its language."""
    if status == 401:
        return _("The shop refuses the key: “%(words)s”", words=words)
    return _("The shop refuses: “%(words)s”", words=words)


def _short(words: str) -> str:
    """Without the list of everything that would have been right, which is longer than the error."""
    return re.split(r"\s*(?:Did you mean|The full list is|However, these are available)", redact(words))[0][:300]
