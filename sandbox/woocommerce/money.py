"""Numbers as WooCommerce keeps, rounds and writes them.

Line amounts are kept to six decimals (``WC_ROUNDING_PRECISION``), totals to the shop's decimals (source:
``wc_format_decimal``, ``wc_round_tax_total``; the corpus of observed orders agrees to the cent).
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
PRECISION = Decimal("0.000001")


def dec(value: Any) -> Decimal:
    """A number from a stored or posted value; ``""`` and ``None`` are 0."""
    if isinstance(value, Decimal):
        return value
    return Decimal(str(value)) if value not in ("", None) else ZERO


def clean_number(value: Any) -> str:
    """A posted number as ``wc_format_decimal`` keeps it.

    Everything but digits, dots and minus is dropped, so that "13,5" becomes 135 (observed on WooCommerce 10.9.1).
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain(Decimal(str(value)).quantize(PRECISION, ROUND_HALF_UP))
    text = re.sub(r"\.(?=[^.]*\.)|[^0-9.-]", "", str(value or ""))
    return text if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text) else ""


def plain(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def round6(value: Decimal) -> Decimal:
    """Rounded to the precision in which line amounts are kept."""
    return value.quantize(PRECISION, ROUND_HALF_UP)


def round_to(value: Decimal, decimals: int) -> Decimal:
    """PHP's ``round``: half away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def round_tax(value: Decimal, decimals: int, half_down: bool) -> Decimal:
    """``wc_round_tax_total``: half down in shops whose prices include tax, else half up."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_DOWN if half_down else ROUND_HALF_UP)


def money(value: Any, decimals: int) -> str:
    """An amount as the API writes it: a string with ``dp`` decimals."""
    text = f"{round_to(dec(value), decimals):f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def number(value: float) -> int | float:
    """A PHP float as ``json_encode`` writes it: 10.0 is ``10``."""
    return int(value) if value == int(value) and abs(value) < 1e15 else value
