"""Inside Odoo: a bank statement and a Stripe payout, explained by ours and by OCA's ``account_reconcile_oca``.

OCA's addons are installed and run; none of their code is here. They are set up as well as they allow: Stripe's label is
the order's number, which the invoices have as their reference, and rules send fees and payouts to their accounts.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timezone
from typing import Any

from odoo import Command

from dev.bench.bank_match import KINDS

Found = dict[str, Any]
DAY = date(2026, 11, 5)
PAYOUT = "po_1QBenchPayout0001"
PREFIX = "BQ"


def bank_prepare(env: Any, options: Found) -> Found:
    """Orders with posted, unpaid invoices: those of customers who pay by transfer, and those that Stripe collected."""
    count, charges = options["count"], options["charges"]
    env["res.lang"]._activate_lang("fr_FR")
    channel = env["ecom.channel"].create({"name": "Banc", "url": "http://127.0.0.1:9", "state": "paused"})
    bank = env["account.journal"].create({"name": "Banque", "type": "bank", "code": PREFIX})
    gateway = _gateway(env, channel)
    env["ecom.payment.mapping"].create(
        [
            {"channel_id": channel.id, "code": "bacs", "label": "Virement", "waits_for_money": True},
            {"channel_id": channel.id, "code": "stripe", "label": "Carte", "gateway_id": gateway.id},
        ]
    )
    orders = _orders(env, channel, count + count // 10 + charges, transfers=count + count // 10)
    return {"bank": bank.id, "gateway": gateway.id, "orders": orders.ids}


def _gateway(env: Any, channel: Any) -> Any:
    wizard = env["ecom.gateway.setup"].create(
        {"kind": "stripe", "name": "Stripe", "journal_code": "STRP", "channel_ids": [Command.set(channel.ids)]}
    )
    wizard.action_set_up()
    wizard.gateway_id.write({"import_from": "2026-01-01 00:00:00", "state": "connected"})
    return wizard.gateway_id


def _orders(env: Any, channel: Any, count: int, transfers: int) -> Any:
    product = env["product.product"].create(
        {"name": "Article", "type": "service", "invoice_policy": "order", "list_price": 10, "taxes_id": False}
    )
    partners = env["res.partner"].create([{"name": f"Prenom{number} Nomfamille{number}"} for number in range(count)])
    orders = env["ecom.order"].create(
        [
            {
                "channel_id": channel.id,
                "external_id": str(50_000 + number),
                "number": str(50_000 + number),
                "state": "settled",
                "ordered_at": datetime(2026, 11, 2, 10),
                "paid_at": False if number < transfers else datetime(2026, 11, 2, 10),
                "customer_name": partners[number].name,
                "currency_code": "EUR",
                "amount_total": _total(number),
                "payments": [_means(number, transfers)],
            }
            for number in range(count)
        ]
    )
    sales = env["sale.order"].create(
        [
            {
                "partner_id": partners[number].id,
                "ecom_order_id": order.id,
                "client_order_ref": order.number,
                "order_line": [Command.create({"product_id": product.id, "price_unit": _total(number)})],
            }
            for number, order in enumerate(orders)
        ]
    )
    sales.action_confirm()
    invoices = sales._create_invoices(grouped=True)
    invoices.invoice_date = date(2026, 11, 2)
    invoices.action_post()
    return orders


def _total(number: int) -> float:
    """Amounts of which several are alike, as in a shop."""
    return 10.0 + number % 37 + 0.9


def _means(number: int, transfers: int) -> Found:
    by_card = number >= transfers
    return {
        "method": "stripe" if by_card else "bacs",
        "title": "Carte" if by_card else "Virement",
        "amount": f"{_total(number):.2f}",
        "paid_at": "2026-11-02 10:00:00" if by_card else "",
        "transaction": f"ch_{50_000 + number}" if by_card else "",
        "kind": "money",
    }


# --- what arrives


def statement(env: Any, options: Found) -> list[tuple[Found, set[int]]]:
    """``(values of a bank line, ids of the customers who pay by it)``; the payout's line has none."""
    orders = env["ecom.order"].browse(options["orders"])
    rows, number = [], 0
    per_hundred = options["count"] / 100
    for kind, share in KINDS.items():
        for _one in range(round(share * per_hundred)):
            order = orders[number]
            partner, invoice = order.sale_order_id.partner_id, order.sale_order_id.invoice_ids
            name, amount, payers, more = partner.name.upper(), order.amount_total, {partner.id}, {}
            number += 1
            label = {
                "invoice and name": f"VIR SEPA RECU /DE {name} /MOTIF {invoice.name}",
                "invoice alone": invoice.name,
                "order number": f"VIR INST {name} COMMANDE {order.number}",
                "name": f"VIREMENT DE {name}",
                "known account": "VIREMENT RECU",
                "a slip": f"VIR SEPA FACTURE {invoice.name[:-1]}{(int(invoice.name[-1]) + 5) % 10}9",
                "too little": f"VIR {name} {invoice.name}",
                "no customer": "FRAIS DE TENUE DE COMPTE",
            }.get(kind, "")
            if kind == "known account":
                account = f"FR76300060000112345678{number:05d}"
                env["res.partner.bank"].create({"acc_number": account, "partner_id": partner.id})
                more = {"account_number": account}
            elif kind == "two orders":
                other = orders[number]
                number += 1
                label = f"VIR {name} {order.number} ET {other.number}"
                amount += other.amount_total
                payers |= {other.sale_order_id.partner_id.id}
            elif kind == "too little":
                amount -= 5
            elif kind == "no customer":
                amount, payers = -12.0, set()
            values = {"journal_id": options["bank"], "date": DAY, "payment_ref": label, "amount": round(amount, 2)}
            rows.append((values | more, payers))
    net = round(sum(raw["net"] for raw in balance(env, options)) / 100, 2)
    label = f"VIR STRIPE TECHNOLOGY {PAYOUT}"
    rows.append(({"journal_id": options["bank"], "date": DAY, "payment_ref": label, "amount": net}, set()))
    return rows


def balance(env: Any, options: Found) -> list[Found]:
    """Stripe's transactions of the payout, as its API tells them: a charge for each order paid by card."""
    moment = int(datetime(2026, 11, 2, 10, tzinfo=timezone.utc).timestamp())
    rows = []
    for order in env["ecom.order"].browse(options["orders"][-options["charges"] :]):
        cents = round(order.amount_total * 100)
        fee = 25 + cents * 15 // 1000
        rows.append(
            {
                "id": f"txn_{order.number}",
                "object": "balance_transaction",
                "type": "charge",
                "reporting_category": "charge",
                "amount": cents,
                "fee": fee,
                "net": cents - fee,
                "currency": "eur",
                "created": moment,
                "available_on": moment,
                "status": "available",
                "source": {
                    "id": f"ch_{order.number}",
                    "object": "charge",
                    "amount": cents,
                    "currency": "eur",
                    "metadata": {"order_number": order.number},
                },
            }
        )
    return rows


# --- explaining it


def bank_ours(env: Any, options: Found) -> Found:
    """The gateway's transactions and payout come in, then the statement; the lane's steps run once."""
    rows, raws = statement(env, options), balance(env, options)
    gateway = env["ecom.gateway"].browse(options["gateway"])._work_env()
    net = sum(raw["net"] for raw in raws)
    started = time.perf_counter()
    declared = gateway._gateway_class()
    transactions = gateway.env["ecom.gateway.transaction"]._store(
        gateway, [declared.parse_transaction(raw) for raw in raws]
    )
    payout = gateway.env["ecom.payout"]._store(gateway, [declared.parse_payout(_payout(net))])
    transactions.payout_id = payout
    payout.state = "fetched"
    payout._match_and_post()
    lines = env["account.bank.statement.line"].create([values for values, _payers in rows])
    gateway._meet_bank()
    seconds = time.perf_counter() - started
    return _found(lines, [payers for _values, payers in rows], seconds) | {
        "explained": len(transactions.filtered(lambda row: row.account_payment_id.is_matched)),
        "of": len(raws),
    }


def _payout(net: int) -> Found:
    moment = int(datetime(2026, 11, 3, 10, tzinfo=timezone.utc).timestamp())
    arrival = int(datetime(2026, 11, 5, tzinfo=timezone.utc).timestamp())
    return {
        "id": PAYOUT,
        "object": "payout",
        "amount": net,
        "currency": "eur",
        "status": "paid",
        "created": moment,
        "arrival_date": arrival,
        "automatic": True,
        "reconciliation_status": "completed",
        "statement_descriptor": "STRIPE",
    }


def bank_oca(env: Any, options: Found) -> Found:
    """The statement in the bank's journal, and Stripe's transactions through OCA's importer in Stripe's own."""
    rows, raws = statement(env, options), balance(env, options)
    gateway = env["ecom.gateway"].browse(options["gateway"])
    stripe = env["account.journal"].create({"name": "Stripe OCA", "type": "bank", "code": "STOCA"})
    for label, account in (("stripe fee", gateway.fee_account_id), ("STRIPE TECHNOLOGY", gateway.transfer_account_id)):
        env["account.reconcile.model"].create(
            {
                "name": label,
                "trigger": "auto_reconcile",
                "match_label": "contains",
                "match_label_param": label,
                "line_ids": [Command.create({"account_id": account.id, "amount_string": "100"})],
            }
        )
    provider = env["online.bank.statement.provider"].create(
        {
            "journal_id": stripe.id,
            "service": "stripe",
            "stripe_label": "{source.metadata.order_number}",
            "stripe_fee_label": "stripe fee {source.id}",
        }
    )
    type(provider)._stripe_api_get_all = lambda *_arguments, **_more: iter(raws)
    started = time.perf_counter()
    told, _more = provider._obtain_statement_data(datetime(2026, 11, 1), datetime(2026, 11, 10))
    fields = ("ref", "payment_ref", "narration", "amount", "date", "unique_import_id")
    at_stripe = env["account.bank.statement.line"].create(
        [{"journal_id": stripe.id, **{name: row[name] for name in fields}} for row in told]
    )
    lines = env["account.bank.statement.line"].create([values for values, _payers in rows])
    seconds = time.perf_counter() - started
    charges = at_stripe.filtered(lambda line: line.amount > 0)
    return _found(lines, [payers for _values, payers in rows], seconds) | {
        "explained": len(charges.filtered("is_reconciled")),
        "of": len(raws),
    }


def _found(lines: Any, payers: list[set[int]], seconds: float) -> Found:
    """How many customers' lines are matched, and how many of them with somebody else."""
    lines.invalidate_recordset()
    matched = wrong = 0
    for line, expected in zip(lines, payers, strict=True):
        if not line.is_reconciled or not expected:
            continue
        matched += 1
        settled = line.move_id.line_ids._all_reconciled_lines() | line.ecom_payment_ids.move_id.line_ids
        customers = settled.filtered(lambda item: item.account_id.account_type == "asset_receivable").partner_id
        wrong += set(customers.ids) != expected
    return {
        "seconds": seconds,
        "lines": sum(map(bool, payers)),
        "matched": matched,
        "wrong": wrong,
        "payout": bool(lines[-1].is_reconciled),
    }
