"""The laws of documents, reading listings to their end, and the sandbox's control."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from gateways.base import Gateway
from gateways.documents import DisputeDocument, Page, PayoutDocument, TransactionDocument, TransactionKind
from platforms.transport import Transport


def check_transaction(document: TransactionDocument) -> None:
    """What holds for the transactions of every gateway."""
    assert document.external_id
    assert document.net == document.amount - document.fee
    assert document.occurred_at.utcoffset() == datetime.now(timezone.utc).utcoffset()
    assert len(document.currency) == 3 and document.currency.isupper()
    if document.fees:
        whole = -document.amount if document.kind is TransactionKind.FEE else document.fee
        assert sum(part.amount for part in document.fees) == whole
    assert (document.customer_amount is None) == (document.customer_currency == "")
    if document.customer_amount is not None:
        assert (document.customer_amount < 0) == (document.amount < 0)
    if document.references:
        assert document.reference == document.references[0]
    if document.kind is TransactionKind.FEE:
        assert document.fee == 0
    for amount in (document.amount, document.fee, document.net):
        assert isinstance(amount, Decimal) and amount.is_finite()


def check_payout(document: PayoutDocument) -> None:
    assert document.external_id and document.statement_label
    assert document.created_at.tzinfo is timezone.utc


def check_dispute(document: DisputeDocument) -> None:
    assert document.external_id and document.charge_id in document.references
    assert document.amount > 0


def all_pages(read: Callable[[str], Page]) -> list[dict[str, Any]]:
    """The raws of a listing, read to its end."""
    found: list[dict[str, Any]] = []
    cursor, until = "", None
    while True:
        page = read(cursor)
        found.extend(page.raws)
        assert until in (None, page.complete_until), "the same on all pages"
        cursor, until = page.next, page.complete_until
        if not cursor:
            return found


def transactions(gateway: Gateway, since: datetime | None = None) -> list[TransactionDocument]:
    raws = all_pages(lambda cursor: gateway.read_transactions(since, cursor))
    # What is kept is JSON: read back, it says the same.
    found = [gateway.parse_transaction(json.loads(json.dumps(raw))) for raw in raws]
    for document in found:
        check_transaction(document)
    return found


def control(transport: Transport, url: str, path: str, body: Any) -> Any:
    """A call to the sandbox's control, which does not count."""
    calls = transport.calls
    answer = transport.request("POST", f"{url}/sandbox/{path}", json=body, idempotent=True).json()
    transport.calls = calls
    return answer
