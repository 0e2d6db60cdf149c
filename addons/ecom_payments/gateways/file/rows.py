"""Rows that were read from a file, as documents. Pure; raises ``ValueError`` that names the field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from ..documents import ZERO, PayoutDocument, PayoutStatus, TransactionDocument, TransactionKind
from ..shared import Raw, _, decimal, text, utc
from ..values import currency, mapping, required


def parse_transaction(raw: Raw) -> TransactionDocument:
    """A row as :func:`.reading.read_file` keeps it."""
    found = mapping(raw, "row")
    amount, fee, net = (decimal(found.get(name), name) for name in ("amount", "fee", "net"))
    if amount - fee != net:
        raise ValueError(_("net: %(net)s is not %(gross)s less the fee of %(fee)s", net=net, gross=amount, fee=fee))
    try:
        kind = TransactionKind(text(found.get("kind")))
    except ValueError:
        kind = TransactionKind.UNKNOWN
    id, reference = text(found.get("id")), text(found.get("reference"))
    references = tuple(dict.fromkeys(name for name in (reference, id) if name))
    return TransactionDocument(
        external_id=required(text(found.get("key")), "key"),
        kind=kind,
        amount=amount,
        fee=fee,
        net=net,
        currency=currency(found.get("currency"), "currency"),
        occurred_at=utc(found.get("date"), "date"),
        available_on=_day(text(found.get("available_on"))),
        reference=references[0] if references else "",
        references=references,
        source_id=id,
        charge_id=references[0] if references else "",
        order_reference=text(found.get("order")),
        description=text(found.get("description")),
        payout_id=text(found.get("payout")) or (id if kind is TransactionKind.PAYOUT else ""),
        vendor_kind=text(found.get("word")),
        raw=raw,
    )


def payouts_of(documents: Iterable[TransactionDocument], home: str = "") -> list[PayoutDocument]:
    """The payouts that a file's rows name, by their sums; a row of kind ``payout`` says when it was paid.

    One name in two currencies is two payouts: see :func:`payout_name` for ``home``.
    """
    nets: dict[tuple[str, str], Decimal] = {}
    last: dict[tuple[str, str], TransactionDocument] = {}
    own: dict[tuple[str, str], TransactionDocument] = {}
    for document in documents:
        key = document.payout_id, document.currency
        if document.kind is TransactionKind.PAYOUT:
            own[(document.payout_id or document.external_id, document.currency)] = document
        elif document.payout_id:
            nets[key] = nets.get(key, ZERO) + document.net
            if key not in last or document.occurred_at > last[key].occurred_at:
                last[key] = document
    made = []
    for key in {**nets, **own}:
        name = payout_name(*key, home)
        paid = own.get(key)
        moment = (paid or last[key]).occurred_at
        made.append(
            PayoutDocument(
                external_id=name,
                amount=-paid.net if paid else nets[key],
                currency=key[1],
                arrival_date=moment.date() if paid else None,
                status=PayoutStatus.PAID,
                created_at=moment,
                statement_label=key[0],
                composed=key in nets,
                transaction_id=paid.external_id if paid else "",
            )
        )
    return made


def payout_name(payout_id: str, currency: str, home: str = "") -> str:
    """What tells a payout from all others of the account, whichever file brings it; as printed in ``home``."""
    return payout_id if currency == home or not home else f"{payout_id} {currency}"


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None
