"""Slugs and prices as WordPress writes them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

SYMBOLS = {
    "EUR": ("€", "&euro;", "Euro"),
    "USD": ("$", "&#36;", "United States (US) dollar"),
    "GBP": ("£", "&pound;", "Pound sterling"),
    "CHF": ("CHF", "&#67;&#72;&#70;", "Swiss franc"),
    "JPY": ("¥", "&yen;", "Japanese yen"),
    "CAD": ("$", "&#36;", "Canadian dollar"),
    "SEK": ("kr", "&#107;&#114;", "Swedish krona"),
    "PLN": ("zł", "&#122;&#322;", "Polish złoty"),
}


def symbol(currency: str) -> str:
    """The sign of a currency; its code where there is none."""
    return SYMBOLS.get(currency, (currency, currency, currency))[0]


def slugify(name: str, encoded: bool = True) -> str:
    """``sanitize_title``: lower case, without accents, tags and punctuation; other signs percent-encoded, if wanted."""
    text = re.sub(r"<[^>]*>", "", name)
    text = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign)).lower()
    text = re.sub(r"[\s./_]+", "-", text)
    text = "".join(sign for sign in text if sign.isalnum() or sign == "-" or ord(sign) > 0x2100)
    text = re.sub(r"-+", "-", text).strip("-")
    return quote(text, safe="-").lower() if encoded else text


def amount_html(amount: str, currency: str, hidden: bool = False) -> str:
    """An amount as the theme shows it."""
    entity = SYMBOLS.get(currency, (currency, currency, currency))[1]
    attribute = ' aria-hidden="true"' if hidden else ""
    return (
        f'<span class="woocommerce-Price-amount amount"{attribute}><bdi>'
        f'<span class="woocommerce-Price-currencySymbol" translate="no">{entity}</span>{amount}</bdi></span>'
    )


def sale_html(regular: str, sale: str, currency: str) -> str:
    """A crossed-out price and the one that counts."""
    entity = SYMBOLS.get(currency, (currency, currency, currency))[1]
    return (
        f'<del aria-hidden="true">{amount_html(regular, currency)}</del> '
        f'<span class="screen-reader-text">Original price was: {entity}{regular}.</span>'
        f'<ins aria-hidden="true">{amount_html(sale, currency)}</ins>'
        f'<span class="screen-reader-text">Current price is: {entity}{sale}.</span>'
    )


def range_html(low: str, high: str, currency: str) -> str:
    """A price range."""
    entity = SYMBOLS.get(currency, (currency, currency, currency))[1]
    return (
        f'{amount_html(low, currency, hidden=True)} <span aria-hidden="true">&ndash;</span> '
        f"{amount_html(high, currency, hidden=True)}"
        f'<span class="screen-reader-text">Price range: {entity}{low} through {entity}{high}</span>'
    )
