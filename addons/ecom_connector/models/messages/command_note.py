from odoo import api, fields, models

from ...platforms.documents import NoteDocument


class EcomCommand(models.Model):
    """Notes that the shop passes on to the customer."""

    _inherit = "ecom.command"

    kind = fields.Selection(selection_add=[("note", "Note to the customer")], ondelete={"note": "cascade"})

    @api.model
    def _tell_customer(self, order, key, text):
        """Write a message that the shop sends to the customer, once for each ``key``."""
        key = f"note:{order.id}:{key}"
        if self.search_count([("channel_id", "=", order.channel_id.id), ("key", "=", key)], limit=1):
            return
        self.create(
            {"channel_id": order.channel_id.id, "order_id": order.id, "kind": "note", "key": key, "value": text}
        )
        order.channel_id._wake("commands")

    def _prepare_note_payload(self):
        return {"order": self.order_id.external_id, "key": self.key, "text": self.value}


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _writes_to_customers(self):
        """Whether the shop is the one to write to customers, and passes on any text."""
        can = self._platform_class().capabilities
        return self.notify_policy == "shop" and can.notifies_customer and can.customer_notes

    def _command_kinds(self):
        return (*super()._command_kinds(), "note")

    def _push_note(self, platform, payloads):
        return platform.push_notes(
            [NoteDocument(order_id=row["order"], key=row["key"], text=row["text"]) for row in payloads]
        )
