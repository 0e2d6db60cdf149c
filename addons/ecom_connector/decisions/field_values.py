"""Values on their way between a field of Odoo and a field of a shop, by one converter out of a short list.

What comes from Odoo is plain: text, HTML (anything with ``__html__``), number, yes or no, date, a list of names,
``None`` for nothing. What a shop gets is text. What a shop says is only taken over where it can mean one thing: 13,5 is
no number, for it might be 135.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum
from html import escape, unescape
from typing import Any


class Problem(str, Enum):
    """What is wrong with a value; whoever shows it has the sentence."""

    NO_NUMBER = "no_number"
    COMMA = "comma"
    NO_DATE = "no_date"
    NOT_YES_NO = "not_yes_no"
    BRACE = "brace"  # one without a partner
    NOTHING_BETWEEN = "nothing_between"  # two braces


class BadValue(ValueError):
    """A value that a converter has no word for; ``wanted`` are the words that it would have had."""

    def __init__(self, problem: Problem, value: Any = "", *wanted: str) -> None:
        super().__init__(f"{problem.value}: {value}")
        self.problem, self.value, self.wanted = problem, str(value), wanted


class Converter(str, Enum):
    """How a value is written on the shop."""

    TEXT = "text"
    HTML = "html"
    NUMBER = "number"
    YES_NO = "boolean"
    LIST = "list"
    DATE = "date"


DATE_FORMATS = {
    "iso": ("%Y-%m-%d", "2026-12-31"),
    "day_first": ("%d/%m/%Y", "31/12/2026"),
    "day_dots": ("%d.%m.%Y", "31.12.2026"),
    "month_first": ("%m/%d/%Y", "12/31/2026"),
    "compact": ("%Y%m%d", "20261231"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """How exactly. ``factor`` is what one of Odoo's is in the shop's unit; ``unit`` is written behind a number."""

    yes: str = "yes"
    no: str = "no"
    separator: str = ", "
    date_format: str = "iso"
    decimals: int = 2
    factor: Decimal = Decimal(1)
    unit: str = ""


_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^>]*>", re.IGNORECASE)
_PLACE = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_COMMA = re.compile(r"[+-]?\d[\d\s.]*,\d+")


# === TO THE SHOP === #


def to_shop(converter: Converter, value: Any, options: Options = Options()) -> str:
    """What the shop is told; ``""`` for nothing.

    :raises BadValue: when the converter has no word for such a value
    """
    if value is None or value == "" or value == []:
        return ""
    return _TO_SHOP[converter](value, options)


def _text(value: Any, _options: Options) -> str:
    return plain(value)


def plain(value: Any) -> str:
    """Any value in one line of text, without a converter's help; texts lose their HTML."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        return ", ".join(plain(part) for part in value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return shortest(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    return without_tags(str(value)) if hasattr(value, "__html__") else str(value)


def shortest(number: Decimal) -> str:
    """Without an exponent and without zeros that say nothing: 2.50 is 2.5."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def without_tags(text: str) -> str:
    """HTML as the lines that a reader sees."""
    lines = unescape(_TAG.sub("", _BREAK.sub("\n", text))).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _html(value: Any, _options: Options) -> str:
    text = str(value)
    if _TAG.search(text):
        return text
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text)]
    return "".join("<p>" + escape(part, quote=False).replace("\n", "<br/>") + "</p>" for part in paragraphs if part)


def _number(value: Any, options: Options) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadValue(Problem.NO_NUMBER, value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    number = (number * options.factor).quantize(Decimal(1).scaleb(-options.decimals), ROUND_HALF_UP)
    if not number:
        number = abs(number)  # no -0.00
    return f"{number:f} {options.unit}".rstrip()


def _yes_no(value: Any, options: Options) -> str:
    return options.yes if value else options.no


def _list(value: Any, options: Options) -> str:
    parts = value if isinstance(value, list | tuple) else [value]
    return options.separator.join(filter(None, (plain(part) for part in parts)))


def _date(value: Any, options: Options) -> str:
    if not isinstance(value, date):
        raise BadValue(Problem.NO_DATE, value, DATE_FORMATS[options.date_format][1])
    return value.strftime(DATE_FORMATS[options.date_format][0])


_TO_SHOP: Mapping[Converter, Callable[[Any, Options], str]] = {
    Converter.TEXT: _text,
    Converter.HTML: _html,
    Converter.NUMBER: _number,
    Converter.YES_NO: _yes_no,
    Converter.LIST: _list,
    Converter.DATE: _date,
}


# === TO ODOO === #


def from_shop(converter: Converter, value: Any, options: Options = Options()) -> Any:
    """What a value of the shop is in Odoo: text, ``Decimal``, ``bool``, ``date``, list of names; ``None`` for nothing.

    HTML comes back as it is: whoever stores it cleans it.

    :param value: text, or what a document has: a number, yes or no
    :raises BadValue: when it could mean something else, or nothing
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return [] if converter == Converter.LIST else False if converter == Converter.YES_NO else None
    return _TO_ODOO[converter](value, options)


def _as_text(value: Any, _options: Options) -> str:
    return plain(value).strip()


def _as_html(value: Any, options: Options) -> str:
    return _html(value, options)


def _as_number(value: Any, options: Options) -> Decimal:
    if isinstance(value, Decimal):
        return value / options.factor
    text = str(value).strip()
    if options.unit and text.endswith(options.unit):
        text = text.removesuffix(options.unit).rstrip()
    if _COMMA.fullmatch(text):
        raise BadValue(Problem.COMMA, value)
    if not _NUMBER.fullmatch(text):
        raise BadValue(Problem.NO_NUMBER, value)
    try:
        return Decimal(text) / options.factor
    except InvalidOperation:
        raise BadValue(Problem.NO_NUMBER, value) from None


def _as_yes_no(value: Any, options: Options) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in (options.yes.strip().casefold(), options.no.strip().casefold()):
        return word == options.yes.strip().casefold()
    raise BadValue(Problem.NOT_YES_NO, value, options.yes, options.no)


def _as_list(value: Any, options: Options) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(part).strip() for part in value if str(part).strip()]
    # A separator of words and a space is meant with or without the space: "red,blue".
    parts = str(value).split(options.separator.strip() or options.separator)
    return [part.strip() for part in parts if part.strip()]


def _as_date(value: Any, options: Options) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    pattern, example = DATE_FORMATS[options.date_format]
    try:
        return datetime.strptime(str(value).strip(), pattern).date()
    except ValueError:
        raise BadValue(Problem.NO_DATE, value, example) from None


_TO_ODOO: Mapping[Converter, Callable[[Any, Options], Any]] = {
    Converter.TEXT: _as_text,
    Converter.HTML: _as_html,
    Converter.NUMBER: _as_number,
    Converter.YES_NO: _as_yes_no,
    Converter.LIST: _as_list,
    Converter.DATE: _as_date,
}


# === TEMPLATES === #


def placeholders(template: str) -> Sequence[str]:
    """The names between braces, in their order.

    :raises BadValue: when a brace has no partner, or nothing is between two
    """
    names = [name.strip() for name in _PLACE.findall(template)]
    rest = _PLACE.sub("", template)
    if "{" in rest or "}" in rest:
        raise BadValue(Problem.BRACE, template)
    if not all(names):
        raise BadValue(Problem.NOTHING_BETWEEN, template)
    return list(dict.fromkeys(names))


def fill(template: str, values: Mapping[str, Any], html: bool = False) -> str:
    """The text with what each name stands for; ``""`` where no name stands for anything.

    :param html: whether the text is HTML, so that the values have to be written as such
    """
    names = placeholders(template)
    if names and not any(plain(values[name]) for name in names):
        return ""

    def word(match: re.Match[str]) -> str:
        text = plain(values[match.group(1).strip()])
        return escape(text, quote=False) if html else text

    return _PLACE.sub(word, template).strip()
