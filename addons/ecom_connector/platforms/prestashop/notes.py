"""Messages to customers about an order: customers read them on the order's page of their account.

A message belongs to a thread, of which an order has one (source: ``PaymentModule::validateOrder``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ..base import CommandResult
from ..documents import NoteDocument
from ..errors import PlatformError
from ..values import identifier, text
from .client import PrestaClient
from .state_changes import gone
from .xml import Record

# Without an employee a message counts as the customer's own. The first is who installed the shop.
_EMPLOYEE = "1"


def push(client: PrestaClient, notes: Sequence[NoteDocument], *, private: bool = False) -> list[CommandResult]:
    """Three calls for any number of notes, then one or two for each.

    :param private: for the shopkeeper's eyes
    :raises PlatformError: only while nothing was written
    """
    ids = list(dict.fromkeys(note.order_id for note in notes if note.order_id.isdecimal()))
    fields = ("id", "id_customer", "id_lang", "id_shop")
    orders = {identifier(row.get("id")): row for row in client.among("orders", ids, display=fields)}
    threads: dict[str, str] = {}
    for row in client.among("customer_threads", orders, field="id_order", display=("id", "id_order")):
        threads.setdefault(identifier(row.get("id_order")), identifier(row.get("id")))
    said: dict[str, set[str]] = {}
    for row in client.among("customer_messages", threads.values(), field="id_customer_thread"):
        said.setdefault(identifier(row.get("id_customer_thread")), set()).add(_plain(text(row.get("message"))))
    results = []
    wrote = False
    for note in notes:
        if note.order_id not in orders:
            results.append(gone())
            continue
        try:
            thread = threads.get(note.order_id)
            if thread and _plain(note.text) in said.get(thread, ()):
                results.append(CommandResult(ok=True, external_id=note.order_id))
                continue
            if not thread:
                made = client.post("customer_threads", _thread(orders[note.order_id], note))
                thread = threads[note.order_id] = identifier(made.get("id"))
                wrote = True
            client.post("customer_messages", _message(thread, note, private=private))
            wrote = True
            said.setdefault(thread, set()).add(_plain(note.text))
        except PlatformError as error:
            if not wrote and not error.in_doubt and error.retry:
                raise
            wrote = True
            results.append(CommandResult.failed(error))
        else:
            results.append(CommandResult(ok=True, external_id=note.order_id))
    return results


def _thread(order: Record, note: NoteDocument) -> dict[str, str]:
    return {
        "id_lang": identifier(order.get("id_lang")) or "1",
        "id_shop": identifier(order.get("id_shop")) or "1",
        "id_customer": identifier(order.get("id_customer")),
        "id_order": note.order_id,
        "id_contact": "0",
        "token": hashlib.sha256(f"{note.order_id}\n{note.key}".encode()).hexdigest()[:12],
        "status": "open",
    }


def _message(thread: str, note: NoteDocument, *, private: bool) -> dict[str, str]:
    # Angle brackets are taken for HTML, and braces are refused ("isCleanHtml").
    clean = note.text.replace("<", "(").replace(">", ")")
    return {
        "id_customer_thread": thread,
        "id_employee": _EMPLOYEE,
        "message": clean,
        "private": str(int(private)),
        "read": "1",
    }


def _plain(message: str) -> str:
    return " ".join(message.replace("<", "(").replace(">", ")").split())
