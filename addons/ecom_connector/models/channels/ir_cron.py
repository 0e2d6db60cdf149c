import threading
import time

from odoo import api, fields, models

NOTIFY_SECONDS = 0.02  # how often a process tells the cron workers at most

_notify_lock = threading.Lock()
_notify_at = {}  # by database, when it was last told, or will be


class IrCron(models.Model):
    _inherit = "ir.cron"

    ecom_channel_id = fields.Many2one(
        "ecom.channel",
        string="Sales Channel",
        index="btree_not_null",
        ondelete="cascade",
        help="This scheduled action is a lane of the channel: it carries one flow, and its lock keeps servers apart.",
    )
    ecom_flow = fields.Char(string="Flow")

    @api.model
    def _notifydb(self):
        """Tell the cron workers at once, and what follows within 20 ms together, at the end of them.

        Odoo opens a connection to another database for each wake-up, which takes as long as keeping the webhook that
        causes it. The trigger itself is committed before: where a process dies in those 20 ms, the workers find it
        when they look next.
        """
        database, now = self.env.cr.dbname, time.monotonic()
        with _notify_lock:
            last = _notify_at.get(database, 0.0)
            if last > now:
                return  # it will be told, after this
            wait = max(last + NOTIFY_SECONDS - now, 0.0)
            _notify_at[database] = now + wait
        if not wait:
            super()._notifydb()
            return
        timer = threading.Timer(wait, super()._notifydb)
        timer.daemon = True
        timer.start()
