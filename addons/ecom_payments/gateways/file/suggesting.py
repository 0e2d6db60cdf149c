"""A first mapping for a file that nobody has mapped yet, from its headings and first rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from .numbers import amount
from .tables import Table

# By field, the most telling first; in English and French, without accents.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "available_on": ("available on", "date de disponibilite", "date de valeur", "settlement date"),
    "date": ("date", "created", "date operation", "date de transaction", "transaction date", "timestamp"),
    "net": ("net", "montant net", "net amount"),
    "fee": ("fee", "fees", "frais", "commission", "commissions", "frais ttc"),
    "amount": ("gross", "montant brut", "brut", "amount", "montant", "montant ttc", "gross amount"),
    "debit": ("debit",),
    "credit": ("credit",),
    "currency": ("currency", "devise", "monnaie"),
    "kind": ("type", "kind", "nature", "operation", "type operation"),
    "payout": ("payout", "payout id", "virement", "remise", "settlement id", "numero de remise"),
    "order": ("order", "order id", "commande", "numero de commande", "order number", "merchant reference"),
    "reference": ("reference", "payment id", "paiement", "psp reference", "numero d autorisation"),
    "id": ("id", "transaction", "transaction id", "identifiant", "numero de transaction"),
    "description": ("description", "libelle", "label", "commentaire"),
}


_ARTICLES = frozenset(("d", "l", "de", "du", "des", "la", "le", "of", "the"))
# What the words in a column of kinds mean, by what they begin with.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "refund": ("refund", "remboursement", "rembourse", "avoir"),
    "fee": ("fee", "frais", "commission", "abonnement", "cotisation"),
    "payout": ("payout", "virement", "reversement", "settlement", "withdrawal", "retrait"),
    "dispute": ("chargeback", "dispute", "litige", "impaye", "contestation"),
    "reserve": ("reserve", "retenue", "hold"),
    "adjustment": ("adjustment", "ajustement", "regularisation", "correction"),
    "charge": ("payment", "paiement", "charge", "sale", "vente", "capture", "encaissement", "debit carte"),
}


def suggest_kind(word: str) -> str:
    """The kind that a processor's word most likely stands for, ``""`` where nothing tells."""
    plain = _plain(word)
    return next((kind for kind, words in _KINDS.items() if plain.startswith(words)), "")


def suggest(table: Table) -> dict[str, Any]:
    """Settings of a :class:`.mapping.FileMapping`, as far as they can be told; a person checks them."""
    columns: dict[str, str] = {}
    for field, words in _WORDS.items():
        for word in words:
            found = next((name for name in table.headings if _plain(name) == _plain(word)), None)
            if found and found not in columns.values():
                columns[field] = found
                break
    cells = [
        row[columns[field]]
        for _line, row in table.rows[:50]
        for field in ("amount", "debit", "credit", "fee", "net")
        if field in columns and isinstance(row.get(columns[field]), str)
    ]
    return {"columns": columns, "decimal_mark": max(",.", key=lambda mark: sum(_reads(cell, mark) for cell in cells))}


def _reads(cell: str, mark: str) -> bool:
    try:
        amount(cell, mark)
    except ValueError:
        return False
    # 1.234 reads with either mark; the one that is followed by cents is the decimal one.
    return bool(re.search(rf"{re.escape(mark)}\d{{1,2}}\D*$", cell))


def _plain(heading: str) -> str:
    """Lower case without accents and articles: "Date d'opération" and "Date opération" are the same."""
    letters = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return " ".join(word for word in re.findall(r"[a-z]+", letters) if word not in _ARTICLES)
