from collections import defaultdict

from odoo import fields, models

from ...gateways.file import payout_name, payouts_of


class EcomGateway(models.Model):
    """What is read from files goes the way of what gateways tell: kept once, matched, booked and met at the bank."""

    _inherit = "ecom.gateway"

    file_mapping = fields.Json(copy=False, readonly=True, help="How its files are read: the last import's settings.")

    def _keep_file(self, raws):
        """Keep a file's rows and the payouts that they name; what is known already changes nothing.

        :return: ``(rows, how many are new, [(row, its payout)] of those that came too late for it)``
        """
        Transaction = self.env["ecom.gateway.transaction"]
        documents = self._parsed("parse_transaction", raws)
        ids = [document.external_id for document in documents]
        known = Transaction.search_count([("gateway_id", "=", self.id), ("external_id", "in", ids)])
        rows = Transaction._store(self, documents)
        late = self._keep_file_payouts(documents, {row.external_id: row for row in rows})
        return rows, len(rows) - known, late

    def _keep_file_payouts(self, documents, by_id):
        """Have the payouts of a file, each made of its rows; one that is booked stays as it is."""
        Transaction = self.env["ecom.gateway.transaction"]
        home = self.company_id.currency_id.name
        members = defaultdict(list)
        for document in documents:
            if document.payout_id and document.kind.value != "payout":
                name = payout_name(document.payout_id, document.currency, home)
                members[name].append(by_id[document.external_id].id)
        late, told = [], {document.external_id: document for document in payouts_of(documents, home)}
        for payout in self.env["ecom.payout"]._store(self, told.values()):
            rows = Transaction.browse(members[payout.external_id]).filtered(lambda row: not row.payout_id)
            if payout.state not in ("draft", "fetched"):
                late += [(row, payout) for row in rows]
            elif payout.composed:
                rows.payout_id = payout
                payout.state = "fetched"
                # Its own row says how much it was; without one it is what its rows of all files add up to.
                if told[payout.external_id].transaction_id:
                    payout.amount = float(told[payout.external_id].amount)
                elif not payout.arrival_date:
                    payout.amount = payout.currency_id.round(sum(payout.transaction_ids.mapped("net")))
        # A payout without rows of its own takes what the files told up to then.
        if documents:
            mark = max(document.occurred_at for document in documents).isoformat()
            told = (self.progress or {}).get("transactions") or {}
            self.progress = dict(self.progress or {}, transactions={"mark": max(mark, told.get("mark") or "")})
        return late

    def action_import_file(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_gateway_file_action")
        return action | {"context": {"default_gateway_id": self.id}}


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("gateway_file", "File not read in full")], ondelete={"gateway_file": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "gateway_file").remedy = self.env._("Leave these rows out")
        return result

    def _fix_gateway_file(self, _same):
        """A person decided that these rows are not needed; importing the file again, whole, settles it by itself."""
