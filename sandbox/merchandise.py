"""What a catalogue is made of: products, their variants, and texts in two languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Tracking = Literal["none", "lot", "serial"]


@dataclass(frozen=True)
class Text:
    """A text in French and English."""

    fr: str
    en: str

    def get(self, language: str) -> str:
        """The text in ``fr`` or ``en``."""
        return self.en if language == "en" else self.fr


@dataclass(frozen=True)
class Attribute:
    """What variants differ in, with all its values."""

    code: str
    name: Text
    values: tuple[Text, ...]


@dataclass(frozen=True)
class Variant:
    """A sellable combination of attribute values (French ones, by attribute code)."""

    sku: str
    barcode: str
    values: dict[str, str]
    stock: dict[str, int]
    price: Decimal | None = None


@dataclass(frozen=True)
class Product:
    """A product; one with variants is sold only through them.

    :param price: with tax.
    :param weight: in kg.
    :param tax_rate: in percent.
    :param expiry_days: how long a fresh lot keeps; ``None`` for what does not expire.
    """

    sku: str
    name: Text
    price: Decimal
    weight: Decimal
    tax_rate: Decimal
    category: str
    barcode: str = ""
    tracking: Tracking = "none"
    expiry_days: int | None = None
    stock: dict[str, int] = field(default_factory=dict)
    description: Text = field(default_factory=lambda: Text("", ""))
    attributes: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()


def ean13(number: int) -> str:
    """A company-internal EAN-13, with its check digit."""
    digits = f"20{number:010d}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
