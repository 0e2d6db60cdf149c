"""A month of trade inside Odoo: what the shops, the gateways and the bank tell of it."""

import time
from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields
from odoo.addons.ecom_connector.platforms.budget import BudgetUsedUp
from odoo.addons.ecom_payments.gateways.file.mapping import FileMapping
from odoo.addons.ecom_payments.gateways.file.reading import read_file

from ..models.gateways import gateway_connection
from .month import books, trade
from .month_truth import MonthTruth
from .sandbox_case import SandboxCase

RATES = {"USD": 1.10, "GBP": 0.86, "CHF": 0.95}
"""For a euro."""
KEYS = {
    "stripe": {"api_key": "sk_test_sandbox"},
    "paypal": {"client_id": "paypal_sandbox", "client_secret": "paypal_secret"},
    "shopify": {"access_token": "shpat_sandbox"},
}
FIRST, BATCH = 20, 500
FILE = FileMapping(
    columns={
        "date": "Date",
        "kind": "Opération",
        "id": "Transaction",
        "order": "Commande",
        "amount": "Brut",
        "fee": "Commission",
        "net": "Net",
        "payout": "Remise",
    },
    currency="EUR",
    timezone="UTC",
    kinds={"Paiement": "charge", "Remboursement": "refund"},
)


def stamp(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S")


class MonthCase(MonthTruth, SandboxCase):
    def begin(self, count, seed=1):
        """Let the month happen outside, and set up what Odoo needs to hear of it."""
        from sandbox.paypal.site import PayPalSite
        from sandbox.shopify.payments import pay_out
        from sandbox.shopify.site import ShopifySite
        from sandbox.stripe.site import StripeSite

        sandbox = self.sandbox
        stripe, paypal = StripeSite(sandbox), PayPalSite(sandbox)
        shopify = ShopifySite(sandbox, KEYS["shopify"]["access_token"], with_catalogue=False)
        shopify.shop.change_settings({"bucket": 10**8, "restore_rate": 10**6})
        sandbox.sites += [stripe, paypal, shopify]
        self.books = {
            "stripe": books.StripeBooks(stripe.ledger),
            "paypal": books.PayPalBooks(paypal.ledger),
            "shopify_payments": books.ShopifyBooks(shopify.shop, pay_out),
            "file": books.FileBooks(),
        }
        border = trade.border_of(fields.Date.today())
        self.trade = trade.make(seed, count, border)
        with sandbox.store.transaction():
            books.play(self.trade, self.books)
        self.patch(gateway_connection, "shared_budget", lambda *_name, **_rate: None)
        self.order_of, self.sale_of, self.line_truth = {}, {}, {}
        self._set_up_money(border)
        self.channels = {
            shop: self.env["ecom.channel"].create(
                {
                    "name": shop,
                    "platform": shop,
                    "url": f"{self.server.url}/lumiere",  # asked by Shopify Payments alone
                    "import_from": False,
                    "state": "connected",
                }
            )
            for shop in ("woocommerce", "shopify", "prestashop")
        }
        for channel in self.channels.values():
            self._open(channel)
        self.gateways = {kind: self._gateway(kind, border) for kind in trade.MIX}

    def _set_up_money(self, border):
        currencies = self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(RATES))])
        currencies.active = True
        self.env["res.currency.rate"].search([("currency_id", "in", currencies.ids)]).unlink()
        day = (border - timedelta(days=60)).date()
        self.env["res.currency.rate"].create(
            [{"currency_id": row.id, "name": day, "rate": RATES[row.name]} for row in currencies]
        )
        self.currencies = {row.name: row for row in currencies | self.env.ref("base.EUR")}
        self.banks = {
            money: self.env["account.journal"].create(
                {"name": f"Banque {money}", "type": "bank", "code": f"BQ{money[0]}", "currency_id": currency}
            )
            for money, currency in (("EUR", False), ("USD", self.currencies["USD"].id))
        }

    def _gateway(self, kind, border):
        channels = [self.channels[shop] for shop in trade.MIX[kind][1]]
        wizard = self.env["ecom.gateway.setup"].create(
            {
                "kind": kind,
                "name": kind,
                "journal_code": kind[:4].upper(),
                "channel_ids": [Command.set([channel.id for channel in channels])],
                "mapping_ids": [
                    Command.create(
                        {
                            "channel_id": channel.id,
                            "code": trade.METHODS[kind],
                            "waits_for_money": kind == "bank_transfer",
                        }
                    )
                    for channel in channels
                ],
            }
        )
        wizard.action_set_up()
        gateway = wizard.gateway_id
        since = stamp(border - timedelta(days=trade.BEFORE + 2))
        gateway.write({"url": f"{self.server.url}/{kind}", "import_from": since, "state": "connected"})
        self._open(gateway)
        return gateway

    def _open(self, gateway):
        """Give a gateway or a channel its keys."""
        keys = KEYS.get(gateway.kind if gateway._name == "ecom.gateway" else gateway.platform, {})
        for row in gateway.credential_ids:
            row.value = keys.get(row.key, row.value)

    # === WHAT SHOPS TELL === #

    def take_orders(self, sales=None):
        """The shops' orders, as rows; their sales orders and invoices in batches, for there are thousands."""
        sales = [sale for sale in (self.trade.sales if sales is None else sales) if sale not in self.order_of]
        for start in range(0, len(sales), BATCH):
            batch = sales[start : start + BATCH]
            orders = self.env["ecom.order"].create([self._order_vals(sale) for sale in batch])
            names = list(dict.fromkeys(sale.payer for sale in batch))
            partners = dict(zip(names, self.env["res.partner"].create([{"name": name} for name in names]), strict=True))
            self.env["sale.order"].create(
                [
                    {"partner_id": partners[sale.payer].id, "ecom_order_id": order.id, "state": "sale"}
                    for sale, order in zip(batch, orders, strict=True)
                ]
            )
            self.order_of |= dict(zip(batch, orders, strict=True))
            self.sale_of |= dict(zip(orders, batch, strict=True))
            self.env.flush_all()

    def analyze(self):
        """What the database does by itself for rows that are committed: without it, it plans for empty tables."""
        self.env.flush_all()
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_payment, account_partial_reconcile")

    def _order_vals(self, sale):
        moment = stamp(sale.placed_at)
        awaited = sale.gateway == "bank_transfer"
        payment = {
            "method": trade.METHODS[sale.gateway],
            "title": sale.gateway,
            "amount": str(sale.amount),
            "paid_at": "" if awaited else moment,
            "transaction": sale.reference,
            "kind": "payment",
        }
        return {
            "channel_id": self.channels[sale.shop].id,
            "external_id": sale.external_id,
            "number": sale.number,
            "state": "settled",
            "currency_code": sale.currency,
            "amount_total": float(sale.amount),
            "customer_name": sale.payer,
            "ordered_at": moment,
            "paid_at": False if awaited else moment,
            "payments": [payment],
        }

    def invoice(self, sales):
        """Post an invoice for each of these orders, and register what the shop says it got."""
        # A few come first: once they are there, the database can be told how its tables look.
        for start in [0, *range(FIRST, len(sales), BATCH)]:
            batch = sales[start : start + BATCH if start else FIRST]
            invoices = self.env["account.move"].create([self._invoice_vals(sale) for sale in batch])
            invoices.action_post()
            for channel in invoices.ecom_order_id.channel_id:
                own = invoices.filtered(lambda invoice, channel=channel: invoice.ecom_order_id.channel_id == channel)
                self.env["ecom.order"]._register_payments(channel, own)
            self.analyze()

    def _invoice_vals(self, sale):
        order = self.order_of[sale]
        return {
            "move_type": "out_invoice",
            "partner_id": order.sale_order_id.partner_id.id,
            "currency_id": self.currencies[sale.currency].id,
            "invoice_date": sale.placed_at.astimezone(books.ZONE).date(),
            "ecom_order_id": order.id,
            "invoice_line_ids": [
                Command.create({"name": sale.number, "price_unit": float(sale.amount), "tax_ids": [Command.clear()]})
            ],
        }

    # === WHAT GATEWAYS AND THE BANK TELL === #

    def look(self, gateway=None):
        """As the lane does, what has to wait for its turn comes back."""
        while True:
            try:
                return super().look(gateway)
            except BudgetUsedUp as error:
                time.sleep(error.retry_after)

    def ask_gateways(self, kinds=tuple(trade.MIX)):
        for kind in kinds:
            self.look(self.gateways[kind])

    def bring_file(self):
        """Somebody brings the processor's file; what it says is booked by the gateway's lane."""
        found = read_file(self.books["file"].as_csv(), FILE)
        self.assertFalse(found.problems)
        self.gateways["file"]._work_env()._keep_file(found.raws)

    def bank_tells(self):
        """The bank's statement: payouts two days ago or longer, customers' transfers, and what is neither."""
        vals_list, truths = [], []
        for kind, book in self.books.items():
            for position, sent in enumerate(book.sent):
                if sent.failed or sent.shown > (self.trade.border + timedelta(days=trade.AFTER)).date():
                    continue  # not there yet, or never
                label = f"VIR SEPA {sent.label} {sent.id if position % 3 == 0 else ''}"
                vals_list.append(self._line_vals(sent.amount, sent.currency, sent.shown, position % 3, label))
                truths.append((kind, sent.id))
        for position, event in enumerate(event for event in self.trade.events if event.what == "transfer"):
            day = event.moment.astimezone(books.ZONE).date()
            vals_list.append(self._line_vals(event.amount, "EUR", day, position % 2, event.more["label"]))
            truths.append(event)
        for amount, label in (("-1234.00", "PRLV URSSAF"), ("61.17", "VIR RECU SANS MOTIF")):
            vals_list.append(self._line_vals(Decimal(amount), "EUR", self.trade.border.date(), 0, label))
            truths.append(None)
        lines = self.env["account.bank.statement.line"].create(vals_list)
        self.line_truth |= dict(zip(lines, truths, strict=True))
        self.env.flush_all()

    def _line_vals(self, amount, money, day, late, label):
        return {
            "journal_id": self.banks[money].id,
            "amount": float(amount),
            "payment_ref": " ".join(label.split()),
            "date": day + timedelta(days=late),
        }
