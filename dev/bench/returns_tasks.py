"""What RETURNS measures: one piece of an order of three lines comes back and is credited, by the buttons people press.

A candidate is a list of named steps; each is a page of its own: what one step read, the next one reads again. A step
without work is a click or an entry that only the browser sees.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from odoo import Command
from odoo.exceptions import UserError

Found = dict[str, Any]
Work = Callable[[Any, Found], None]
Steps = tuple[tuple[str, Work | None], ...]
LINES, PIECES = 3, 2
RECEIVED = {"All Is Here", "Validate"}
"""The steps after which the goods are here."""


# --- the orders


def _sold(env: Any, count: int, lines: int = LINES, **line: Any) -> Any:
    """Orders that were delivered and invoiced."""
    products = env["product.product"].search([("is_storable", "=", True)], limit=lines, order="id")
    partner = env["res.partner"].create({"name": "Marie Durand", "email": "marie@example.com"})
    values = {
        "partner_id": partner.id,
        "order_line": [
            Command.create({"product_id": product.id, "product_uom_qty": PIECES, **line}) for product in products
        ],
    }
    sales = env["sale.order"].create([dict(values) for _number in range(count)])
    sales.action_confirm()
    sales.picking_ids.move_ids.picked = True
    sales.picking_ids._action_done()
    sales._create_invoices(grouped=True).action_post()
    env.cr.commit()
    return sales


# --- ours


def _ours_ask(env: Any, state: Found) -> None:
    context = state["sale"].action_ecom_return()["context"]
    values = env["ecom.return"].with_context(**context).default_get(["sale_order_id", "line_ids", "kind", "wish"])
    (*_command, line) = values["line_ids"][0]
    state["context"] = context
    state["line"] = line | {"quantity": state["quantity"]}


def _ours_save(env: Any, state: Found) -> None:
    values = {"line_ids": [Command.create(state["line"])]}
    state["return"] = env["ecom.return"].with_context(**state["context"]).create(values)


def _ours_press(name: str) -> Work:
    return lambda env, state: getattr(state["return"].with_env(env), name)()


OURS: Steps = (
    ("Sales order: Return", _ours_ask),
    ("Remove a line that stays", None),
    ("Remove the other one", None),
    ("Quantity", None),
    ("Save", _ours_save),
    ("All Is Here", _ours_press("action_receive_all")),
    ("All as New", _ours_press("action_restock_all")),
    ("Pay Back", _ours_press("action_settle")),
    ("OK", None),
)


# --- Odoo's own


def _own_wizard(env: Any, state: Found) -> None:
    picking = state["sale"].picking_ids.filtered(lambda picking: picking.picking_type_code == "outgoing")
    context = {"active_id": picking.id, "active_model": "stock.picking"}
    state["wizard"] = env["stock.return.picking"].with_context(**context).create({"picking_id": picking.id})


def _own_return(env: Any, state: Found) -> None:
    wizard = state["wizard"]
    wizard.product_return_moves[0].quantity = state["quantity"]
    state["receipt"] = env["stock.picking"].browse(wizard.action_create_returns()["res_id"])


def _own_validate(env: Any, state: Found) -> None:
    receipt = state["receipt"].with_env(env)
    receipt.move_ids.picked = True
    receipt.button_validate()


def _own_reverse(env: Any, state: Found) -> None:
    invoice = state["sale"].invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
    context = {"active_model": "account.move", "active_ids": invoice.ids}
    wizard = env["account.move.reversal"].with_context(**context).create({"journal_id": invoice.journal_id.id})
    state["note"] = env["account.move"].browse(wizard.refund_moves()["res_id"])


def _own_confirm(env: Any, state: Found) -> None:
    note = state["note"].with_env(env)
    kept = note.invoice_line_ids[0]
    lines = [Command.delete(line.id) for line in note.invoice_line_ids - kept]
    note.write({"invoice_line_ids": [Command.update(kept.id, {"quantity": state["quantity"]}), *lines]})
    note.action_post()


OWN: Steps = (
    ("Sales order: Delivery", None),
    ("Return", _own_wizard),
    ("Quantity", None),
    ("Return", _own_return),
    ("Validate", _own_validate),
    ("Sales order: Invoice", None),
    ("Credit Note", None),
    ("Reverse", _own_reverse),
    ("Remove a line that stays", None),
    ("Remove the other one", None),
    ("Quantity", None),
    ("Confirm", _own_confirm),
)

# --- OCA's rma_sale


def _oca_wizard(env: Any, state: Found) -> None:
    state["wizard"] = env["sale.order.rma.wizard"].browse(state["sale"].with_env(env).action_create_rma()["res_id"])


def _oca_accept(env: Any, state: Found) -> None:
    wizard = state["wizard"].with_env(env)
    wizard.operation_id = env.ref("rma.rma_operation_refund")
    wizard.line_ids[1:].quantity = 0
    wizard.line_ids[0].quantity = state["quantity"]
    state["rma"] = env["rma"].browse(wizard.create_and_open_rma()["res_id"])
    state["receipt"] = state["rma"].reception_move_id.picking_id


def _oca_refund(env: Any, state: Found) -> None:
    rma = state["rma"].with_env(env)
    rma.action_refund()
    state["note"] = rma.refund_id


def _oca_confirm(env: Any, state: Found) -> None:
    state["note"].with_env(env).action_post()


OCA: Steps = (
    ("Sales order: Create RMA", _oca_wizard),
    ("Operation: Refund", None),
    ("No quantity of a line that stays", None),
    ("No quantity of the other one", None),
    ("Quantity", None),
    ("Accept", _oca_accept),
    ("Receipt", None),
    ("Validate", _own_validate),
    ("Back to the RMA", None),
    ("Refund", _oca_refund),
    ("Open the credit note", None),
    ("Confirm", _oca_confirm),
)

WAYS: dict[str, Steps] = {"ours": OURS, "own": OWN, "oca": OCA}


# --- measuring


def returns_walk(env: Any, options: Found) -> Found:
    """Take one piece of each of some orders back, step by step."""
    steps = WAYS[options["way"]]
    sales = _sold(env, options["count"] + 1)
    _walk(env, steps, sales[0])  # whatever is read once is in memory
    statements, started = env.cr.sql_log_count, time.monotonic()
    for sale in sales[1:]:
        _walk(env, steps, sale)
    seconds = time.monotonic() - started
    return {
        "seconds": seconds,
        "statements": (env.cr.sql_log_count - statements) / options["count"],
        "steps": [name for name, _work in steps],
        "back": sum(sales.order_line.mapped("qty_delivered")),
        "credited": round(sum(_notes(sales).mapped("amount_total")), 2),
        "answers": _questions(env, steps),
    }


def _walk(env: Any, steps: Steps, sale: Any, quantity: float = 1.0) -> Found:
    state: Found = {"sale": sale, "quantity": quantity}
    for _name, work in steps:
        if work:
            env.invalidate_all()
            work(env, state)
            env.flush_all()
            env.cr.commit()
    return state


def _notes(sales: Any) -> Any:
    return sales.invoice_ids.filtered(lambda move: move.move_type == "out_refund" and move.state == "posted")


# --- what each of them lets happen, tried


def _questions(env: Any, steps: Steps) -> dict[str, bool]:
    """``{what a merchant wants: whether it is so}``."""
    return {
        "what came back is not billed again": _is_not_billed_again(env, steps),
        "no more comes back than was delivered": _refuses_more(env, steps),
        "three parts are credited what was paid, net and tax": _adds_up(env, steps),
        "nothing is on sale before somebody looked": _is_kept_apart(env, steps),
        "the credit note knows its return": _is_tied(env, steps),
    }


def _is_not_billed_again(env: Any, steps: Steps) -> bool:
    sale = _sold(env, 1)
    _walk(env, steps, sale)
    return not any(sale.order_line.mapped("qty_to_invoice"))


def _refuses_more(env: Any, steps: Steps) -> bool:
    sale = _sold(env, 1)
    _walk(env, steps, sale)
    with suppress(UserError):
        _walk(env, steps, sale, quantity=float(PIECES))
    env.cr.rollback()
    return bool(sale.order_line[0].qty_delivered >= 0)


def _adds_up(env: Any, steps: Steps) -> bool:
    """Of a price that a tax of 20 % does not divide, piece by piece."""
    sale = _sold(env, 1, lines=1, price_unit=3.34, product_uom_qty=3)
    for _piece in range(3):
        _walk(env, steps, sale)
    invoice = sale.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
    return all(
        round(sum(_notes(sale).mapped(name)) - invoice[name], 2) == 0 for name in ("amount_untaxed", "amount_tax")
    )


def _is_kept_apart(env: Any, steps: Steps) -> bool:
    """After the receipt, before the next step, the piece lies where nothing is sold from."""
    sale = _sold(env, 1)
    product = sale.order_line[0].product_id.with_context(location=sale.warehouse_id.lot_stock_id.id)
    before = product.free_qty
    received = next(number for number, (name, _work) in enumerate(steps) if name in RECEIVED)
    _walk(env, steps[: received + 1], sale)
    env.invalidate_all()
    return bool(product.free_qty == before)


def _is_tied(env: Any, steps: Steps) -> bool:
    """Whether the credit note, or a line of it, leads to what came back."""
    sale = _sold(env, 1)
    _walk(env, steps, sale)
    note = _notes(sale)
    return any(
        record[name]
        for record in (note, note.invoice_line_ids)
        for name, field in record._fields.items()
        if field.store and field.comodel_name in ("ecom.return", "rma", "stock.picking", "stock.move")
    )
