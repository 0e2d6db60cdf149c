import threading
import time
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

NOTIFY_SECONDS = 0.02  # how often a process tells the cron workers at most

PRECISE_SECONDS = 60  # Odoo looks this often for what it was not told of: what is due sooner is told when it is due

_notify_lock = threading.Lock()
_notify_at = {}  # by database, when it was last told, or will be
_due = set()  # (database, second) that a timer of this process waits for


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

    def _trigger_list(self, at_list):
        """Have a lane run at the moment itself, where that is near. Should this process die, Odoo's own look finds
        it."""
        triggers = super()._trigger_list(at_list)
        if self.ecom_channel_id:
            now = fields.Datetime.now()
            for at in at_list:
                if now < at <= now + timedelta(seconds=PRECISE_SECONDS):
                    self.env.cr.postcommit.add(partial(self._notify_when_due, at))
        return triggers

    def _notify_when_due(self, at):
        """Tell the cron workers once the moment (naive UTC, whole seconds) has come; one timer for each second."""
        key = (self.env.cr.dbname, at)
        with _notify_lock:
            if key in _due:
                return
            _due.add(key)
        notify = super()._notifydb

        def tell():
            with _notify_lock:
                _due.discard(key)
            notify()

        timer = threading.Timer((at - fields.Datetime.now()).total_seconds() + 0.1, tell)
        timer.daemon = True
        timer.start()
