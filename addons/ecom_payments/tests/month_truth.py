"""What Odoo's books of a made-up month are held to: the books of those who handled the money."""

from collections import defaultdict
from decimal import Decimal

from ..models.transactions.transaction import OF_ORDERS
from .month import trade
from .month.books import ZONE
from .payments_case import PaymentsCase


class MonthTruth(PaymentsCase):
    """Set before: ``trade``, ``books`` and ``gateways`` by kind, ``order_of`` a sale and back (``sale_of``), and
    ``line_truth``: of a bank line ``(kind, payout)``, the customer's transfer, or ``None``."""

    def books_in_odoo(self):
        """What Odoo has of it: accounts, and how many of everything."""
        self.env.flush_all()
        lines = self.env["account.move.line"]
        groups = lines._read_group([("parent_state", "=", "posted")], ["account_id"], ["balance:sum", "__count"])
        rows = self.env["ecom.gateway.transaction"].search([])
        return (
            {account.code: (round(balance, 2), count) for account, balance, count in groups},
            {(row.gateway_id.kind, row.external_id): (row.order_id, row.payout_id, row.state) for row in rows},
            {line: line.ecom_payout_id for line in self.line_truth},
        )

    def check(self):
        """Hold the books to the truth; returns the share that was matched without a person."""
        self.env.flush_all()
        self.env.invalidate_all()
        wrong = [
            *self._wrong_matches(),
            *self._wrong_lines(),
            *(problem for book in self.books.values() for problem in self._wrong_balances(book)),
            *(problem for book in self.books.values() for problem in self._wrong_payouts(book)),
            *(problem for gateway in self.gateways.values() for problem in gateway._work_env()._check_payments()),
        ]
        self.assertFalse(wrong, "\n".join(map(str, wrong)))
        self._check_trial_balance()
        return self._share_matched()

    # === MATCHES === #

    def _wrong_matches(self):
        """Movements that were given another order than theirs, and those that were given none and could have been."""
        for kind, book in self.books.items():
            sales = {movement.id: movement.sale for movement in book.movements}
            for row in self.gateways[kind].transaction_ids.filtered(lambda row: row.kind in OF_ORDERS):
                sale = sales.get(row.source_ref)
                order, paid = self.order_of.get(sale), row.account_payment_id.ecom_order_id
                what = f"{kind} {row.source_ref} {row.kind} of {sale and sale.number}"
                if row.order_id and (row.order_id != order or (paid and paid != order)):
                    yield f"{what}: given {row.order_id.number}"
                if not row.order_id and sale and sale not in self.trade.twins:
                    yield f"{what}: not matched ({row.reason})"

    def _wrong_lines(self):
        """Bank lines that were matched by themselves with something else than what they are."""
        for line, truth in self.line_truth.items():
            payout = line.ecom_payout_id
            if payout and truth != (payout.gateway_id.kind, payout.external_id):
                yield f"bank: {line.payment_ref} was taken for payout {payout.external_id}"
            if payout or not line.is_reconciled:
                continue
            items = line.move_id.line_ids
            against = items.matched_debit_ids.debit_move_id | items.matched_credit_ids.credit_move_id
            moves = against.move_id | line.move_id
            orders = moves.ecom_order_id | moves.origin_payment_id.ecom_order_id | line.ecom_payment_ids.ecom_order_id
            meant = truth.more["sales"] if isinstance(truth, trade.Event) else ()
            if not orders or set(orders) - {self.order_of[sale] for sale in meant}:
                yield f"bank: {line.payment_ref} was taken for {orders.mapped('number')}"

    def _share_matched(self):
        """Of all that has to be matched; whatever was not must say why."""
        kinds = self.env["ecom.gateway"].union(*self.gateways.values())
        rows = kinds.transaction_ids.filtered(lambda row: row.state != "plain")
        left = rows.filtered(lambda row: row.state == "open")
        issues = self.env["ecom.issue"].search([("code", "=", "payment_unknown"), ("state", "=", "open")])
        told = set(issues.mapped("key"))
        silent = left.filtered(lambda row: not row.reason and f"{row.gateway_id.id}:{row.external_id}" not in told)
        self.assertFalse(silent.mapped("external_id"), "left without a word")
        lines = [line for line, truth in self.line_truth.items() if truth]
        missed = [line for line in lines if not line.is_reconciled]
        return 1 - (len(left) + len(missed)) / (len(rows) + len(lines))

    # === MONEY === #

    def _wrong_balances(self, book):
        """A clearing account: what is open in each currency, now and at the border of the months, and why."""
        gateway = self.gateways[book.kind]
        for until in (None, self.trade.border.date()):
            due, held = self._due(book, until), self._held(gateway.clearing_account_id, until)
            for money in due.keys() | held.keys():
                if due[money] != held[money]:
                    yield f"{book.kind} until {until}: {held[money]} {money} in clearing, {due[money]} is right"
        rows = self.env["ecom.clearing.line"].search([("gateway_id", "=", gateway.id)])
        if round(sum(rows.mapped("amount")), 2) != self.balance(gateway.clearing_account_id):
            yield f"{book.kind}: its clearing balance is not explained"
        for row in rows.filtered(lambda row: row.cause not in ("payout", "kept")):
            if self.sale_of.get(row.order_id) not in self.trade.short | self.trade.twins:
                yield f"{book.kind}: {row.name} {row.amount} waits for {row.cause}"

    def _due(self, book, until):
        """What a gateway owes by its own books, by currency; ``until`` a day, as the books stood the night before."""

        def is_before(moment):
            return not until or moment.astimezone(ZONE).date() < until

        booked = {sent.id: sent.booked for sent in book.sent}
        due = defaultdict(Decimal)
        for movement in book.movements:
            sale = movement.sale
            known = movement.kind in ("charge", "refund") and sale and sale not in self.trade.twins
            whole = known and movement.kind == "charge" and sale.invoiced_first  # booked at once by the shop's word
            if known and is_before(sale.placed_at if whole else movement.moment):
                due[movement.currency] += movement.amount
            if movement.payout and is_before(movement.moment):
                due[movement.currency] -= movement.amount if known else 0
                if until and booked[movement.payout] >= until:
                    due[movement.balance] += movement.net  # in transit, less its fee
        for sale in self.trade.short | self.trade.twins:
            if sale.gateway == book.kind and is_before(sale.placed_at):
                # Booked by the shop's word: what it says too much is open, and all of what nobody recognises.
                over = trade.SHORT if sale.invoiced_first else 0
                due[sale.currency] += sale.amount if sale in self.trade.twins else over
        return defaultdict(Decimal, {money: amount for money, amount in due.items() if amount})

    def _held(self, account, until):
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        domain += [("date", "<", until)] if until else []
        groups = self.env["account.move.line"]._read_group(domain, ["currency_id"], ["amount_currency:sum"])
        held = {currency.name: Decimal(f"{amount:.2f}") for currency, amount in groups}
        return defaultdict(Decimal, {money: amount for money, amount in held.items() if amount})

    def _wrong_payouts(self, book):
        """Each payout is booked, and to the amount that the gateway sent."""
        domain = [("gateway_id", "=", self.gateways[book.kind].id)]
        payouts = {payout.external_id: payout for payout in self.env["ecom.payout"].search(domain)}
        for sent in book.sent:
            payout = payouts.pop(sent.id, None)
            states = ("failed",) if sent.failed else ("posted", "banked")
            if not payout or payout.state not in states or Decimal(f"{payout.amount:.2f}") != sent.amount:
                yield f"{book.kind}: payout {sent.id} of {sent.amount} is {payout and (payout.state, payout.amount)}"
        yield from (f"{book.kind}: nobody sent {name}" for name in payouts)

    def _check_trial_balance(self):
        self.env.cr.execute(
            """
            SELECT move_id FROM account_move_line WHERE company_id = %s AND parent_state = 'posted'
             GROUP BY move_id HAVING abs(sum(balance)) > 0.001
            """,
            [self.env.company.id],
        )
        self.assertEqual(self.env.cr.fetchall(), [], "entries that do not balance")
