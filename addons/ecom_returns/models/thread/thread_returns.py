from odoo import api, models


class EcomThread(models.AbstractModel):
    """Returns of the order, and the money that went back for them."""

    _inherit = "ecom.thread"

    @api.model
    def _from_ecom_return(self, chain, returns):
        self._from_sale_order(chain, returns.sale_order_id)

    @api.model
    def _from_ecom_refund(self, chain, refunds):
        self._from_ecom_return(chain, refunds.return_id)

    @api.model
    def _collect(self, chain):
        chain = super()._collect(chain)
        chain.add(self.env["ecom.return"].search([("sale_order_id", "in", chain["sale.order"].ids)]))
        chain.add(self.env["ecom.refund"].search([("return_id", "in", chain["ecom.return"].ids)]))
        return chain

    @api.model
    def _steps(self, chain):
        return [
            *super()._steps(chain),
            *(self._return_step(order) for order in chain["ecom.return"]),
            *(self._refund_step(refund) for refund in chain["ecom.refund"]),
        ]

    @api.model
    def _return_step(self, order):
        colours = {"settled": "success", "closed": "success", "declined": "danger", "cancelled": "danger"}
        return self._step(
            "return",
            order,
            self.env._("Return %(number)s", number=order.name),
            words=", ".join((self._label(order, "kind"), self._label(order, "wish"))),
            date=order.requested_at,
            amount=order.currency_id.format(order.value),
            state=self._label(order, "state"),
            colour=colours.get(order.state, "info"),
        )

    @api.model
    def _refund_step(self, refund):
        return self._step(
            "refund",
            refund,
            self.env._("Refund of return %(number)s", number=refund.return_id.name),
            words=", ".join(filter(None, (self._label(refund, "way"), refund.method))),
            date=refund.done_at or refund.create_date,
            amount=refund.currency_id.format(-refund.amount),
            state=self._label(refund, "state"),
            colour={"done": "success", "failed": "danger"}.get(refund.state, "info"),
        )

    @api.model
    def _breaks(self, chain):
        env, rows = self.env, super()._breaks(chain)
        for order in chain["ecom.return"]:
            here = {"number": order.name}
            if order.alarm == "late":
                rows.append(self._break("return", order, env._("Return %(number)s: the next step is late", **here)))
            if order.settled_at and order.line_ids and not order.credit_note_ids:
                words = env._("Return %(number)s is settled without a credit note", **here)
                rows.append(self._break("refund", order, words))
        for refund in chain["ecom.refund"]:
            amount = refund.currency_id.format(refund.amount)
            if refund.state == "failed":
                words = env._("The shop refused to pay %(amount)s back", amount=amount)
                rows.append(self._break("refund", refund, words))
            elif refund.state == "todo":
                words = env._("%(amount)s are owed, and are paid back by hand", amount=amount)
                rows.append(self._break("refund", refund, words))
            elif refund.state == "pending":
                words = env._("%(amount)s are on their way back", amount=amount)
                rows.append(self._break("refund", refund, words, waits=True))
        return rows


class EcomReturn(models.Model):
    _name = "ecom.return"
    _inherit = ["ecom.return", "ecom.thread.mixin"]


class EcomRefund(models.Model):
    _name = "ecom.refund"
    _inherit = ["ecom.refund", "ecom.thread.mixin"]
