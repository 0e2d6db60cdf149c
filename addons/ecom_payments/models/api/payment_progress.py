from odoo import api, fields, models
from odoo.tools import SQL


class AccountPayment(models.Model):
    """How far a payment has come, numbered as it is told to shops that call Odoo."""

    _inherit = "account.payment"

    ecom_told_status = fields.Selection(
        [
            ("booked", "Booked"),
            ("collected", "Collected by the gateway"),
            ("paid_out", "Paid out"),
            ("at_bank", "At the bank"),
            ("cancelled", "Cancelled"),
        ],
        string="Told to the Shop",
        readonly=True,
        copy=False,
    )
    ecom_told_version = fields.Integer(readonly=True, copy=False)

    _ecom_told_index = models.Index("(ecom_told_version) WHERE ecom_told_version > 0")

    def init(self):
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS ecom_payment_version")

    @api.model
    def _number_progress(self, channel):
        """Number the payments of a channel that stand elsewhere than the shop was told, behind those numbered before.

        Only the channel's lane does so, one at a time: whoever sees a number sees all before it.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH now AS (
                    SELECT p.id, p.ecom_told_status AS told,
                           CASE WHEN p.state IN ('canceled', 'rejected') THEN 'cancelled'
                                WHEN payout.state = 'banked' THEN 'at_bank'
                                WHEN payout.state = 'posted' THEN 'paid_out'
                                WHEN known.id IS NOT NULL THEN 'collected'
                                WHEN p.is_matched THEN 'at_bank'
                                ELSE 'booked' END AS status
                      FROM account_payment p
                      JOIN ecom_order o ON o.id = p.ecom_order_id
                      LEFT JOIN LATERAL (
                           SELECT t.id, t.payout_id FROM ecom_gateway_transaction t
                            WHERE t.account_payment_id = p.id ORDER BY t.id LIMIT 1) known ON TRUE
                      LEFT JOIN ecom_payout payout ON payout.id = known.payout_id
                     WHERE o.channel_id = %(channel)s AND p.state != 'draft'),
                news AS (
                    SELECT id, status FROM now WHERE status IS DISTINCT FROM told ORDER BY id)
                UPDATE account_payment p
                   SET ecom_told_status = news.status, ecom_told_version = nextval('ecom_payment_version')
                  FROM news
                 WHERE p.id = news.id
                """,
                channel=channel.id,
            )
        )
        self.invalidate_model(["ecom_told_status", "ecom_told_version"])

    @api.model
    def _told_after(self, channel, version, limit):
        return self.search(
            [("ecom_order_id.channel_id", "=", channel.id), ("ecom_told_version", ">", max(version, 0))],
            order="ecom_told_version, id",
            limit=limit,
        )


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _lane_commands(self, deadline):
        if self._platform_class().capabilities.uses_api:
            self._in_transaction(lambda: self.env["account.payment"]._number_progress(self))
        return super()._lane_commands(deadline)
