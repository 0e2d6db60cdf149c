"""The candidates of B8, inside a process with Odoo: a payout of many charges, whose payments Odoo has booked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any
from unittest.mock import patch

from odoo import Command

from dev.bench.measuring import measured
from dev.bench.order_tasks import QUIET

Found = dict[str, Any]
AMOUNT, FEE = 16.80, 0.50
METHOD = "stripe"
BATCH = 500


def payout_fill(env: Any, options: Found) -> Found:
    """A connected gateway, and so many orders that were paid through it, with their payments booked."""
    env = env(context=dict(env.context, **QUIET))
    values = {"name": "Bench", "url": options["url"], "import_from": False, "state": "connected"}
    channel = env["ecom.channel"].create(values)
    wizard = env["ecom.gateway.setup"].create(
        {
            "kind": "stripe",
            "name": "Stripe",
            "journal_code": "STRP",
            "channel_ids": [Command.set(channel.ids)],
            "mapping_ids": [Command.create({"channel_id": channel.id, "code": METHOD})],
        }
    )
    wizard.action_set_up()
    gateway = wizard.gateway_id
    gateway.write({"url": options["url"], "import_from": options["since"], "state": "connected"})
    gateway.credential_ids.filtered(lambda row: row.key == "api_key").value = options["key"]
    partner = env["res.partner"].create({"name": "Marie Durand"})
    method = gateway.journal_id._get_available_payment_method_lines("inbound")[:1]
    for start in range(0, options["count"], BATCH):
        numbers = range(start, min(start + BATCH, options["count"]))
        orders = env["ecom.order"].create([_order(channel, number, options["paid_at"]) for number in numbers])
        payments = env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner.id,
                    "amount": AMOUNT,
                    "date": options["paid_at"][:10],
                    "journal_id": gateway.journal_id.id,
                    "payment_method_line_id": method.id,
                    "ecom_order_id": order.id,
                    "ecom_payment_key": f"0:{METHOD}",
                }
                for order in orders
            ]
        )
        payments.action_post()
        env.cr.commit()
        env.invalidate_all()
    env.cr.execute("ANALYZE")
    return {"gateway": gateway.id}


def _order(channel: Any, number: int, paid_at: str) -> Found:
    payment = {"method": METHOD, "title": "Carte", "amount": f"{AMOUNT:.2f}", "paid_at": paid_at, "kind": "payment"}
    return {
        "channel_id": channel.id,
        "external_id": str(number),
        "number": str(number),
        "state": "settled",
        "currency_code": "EUR",
        "amount_total": AMOUNT,
        "ordered_at": paid_at,
        "paid_at": paid_at,
        "payments": [payment | {"transaction": f"ch_{number}"}],
    }


def payout_ours(env: Any, options: Found) -> Found:
    """The gateway's lane, run after run until the payout is booked: listed, matched, taken apart, booked, matched."""
    gateway = env["ecom.gateway"].browse(options["gateway"])
    asked = {"seconds": 0.0}

    def work() -> None:
        while not _booked(env):
            gateway._run_lane()
            env.cr.commit()
            env.invalidate_all()
            if gateway.last_error:
                raise RuntimeError(gateway.last_error)

    with _without_rate(gateway._gateway_class(), asked):
        found = measured(env, work)
    return found | _left(env, gateway) | {"asked": asked["seconds"]}


def _booked(env: Any) -> bool:
    return bool(env["ecom.payout"].search_count([("state", "in", ("posted", "banked"))]))


def payout_plain(env: Any, options: Found) -> Found:
    """Whoever knows which payments a payout is made of: one entry, posted, and one plan of reconciliation."""
    gateway = env["ecom.gateway"].browse(options["gateway"])
    env = gateway._work_env().env
    clearing = gateway.clearing_account_id

    def work() -> None:
        payments = env["account.payment"].search([("journal_id", "=", gateway.journal_id.id)], order="id")
        lines = [
            {"account_id": clearing.id, "partner_id": payment.partner_id.id, "balance": -AMOUNT, "name": payment.name}
            for payment in payments
        ]
        fees = round(FEE * len(payments), 2)
        lines.append({"account_id": gateway.fee_account_id.id, "balance": fees, "name": "Fees"})
        net = round(AMOUNT * len(payments) - fees, 2)
        lines.append({"account_id": gateway.transfer_account_id.id, "balance": net, "name": "Payout"})
        move = env["account.move"].create(
            {
                "journal_id": gateway.journal_id.id,
                "date": options["arrives"],
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        move.action_post()
        paid = payments.move_id.line_ids.filtered(lambda item: item.account_id == clearing)
        handed_over = move.line_ids.filtered(lambda item: item.account_id == clearing)
        pairs = zip(paid.sorted("id"), handed_over.sorted("id"), strict=True)
        env["account.move.line"]._reconcile_plan([one | other for one, other in pairs])

    return measured(env, work) | _left(env, gateway)


def _left(env: Any, gateway: Any) -> Found:
    """What is open in the clearing account, and how many payments are matched."""
    items = env["account.move.line"].search(
        [("account_id", "=", gateway.clearing_account_id.id), ("parent_state", "=", "posted")]
    )
    return {
        "left": round(sum(items.mapped("balance")), 2),
        "open": len(items.filtered(lambda item: not item.reconciled)),
    }


@contextmanager
def _without_rate(declared: Any, asked: dict[str, float]) -> Iterator[None]:
    """Let the gateway be asked as fast as it answers, and add up how long it takes to answer."""

    def timed(read: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(read)
        def reading(*arguments: Any, **options: Any) -> Any:
            started = time.monotonic()
            try:
                return read(*arguments, **options)
            finally:
                asked["seconds"] += time.monotonic() - started

        return reading

    with ExitStack() as stack:
        for name in ("read_transactions", "read_payouts", "read_payout_transactions", "read_disputes"):
            stack.enter_context(patch.object(declared, name, timed(getattr(declared, name))))
        fast = replace(declared.capabilities, calls_per_second=100_000.0)
        stack.enter_context(patch.object(declared, "capabilities", fast))
        yield
