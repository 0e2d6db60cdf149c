from collections import defaultdict

from odoo import api, fields, models

from ..numbering import number_next


class EcomCommand(models.Model):
    """The list that a shop fetches, where it calls us: messages in the order in which they became visible.

    Ids are given before a transaction commits, so a reader that remembers the last one would miss whatever commits
    later with a smaller one. Positions are given by the commands lane, of which a channel has one at a time, in
    transactions that follow each other: whoever sees a position sees all before it.
    """

    _inherit = "ecom.command"

    position = fields.Integer(
        readonly=True, copy=False, help="Where the message stands in the list that the shop fetches."
    )

    _position_unique = models.UniqueIndex("(channel_id, position) WHERE position > 0")

    def _publish(self, channel):
        """Add these messages to the end of the channel's list; one that is there already moves to the end."""
        number_next(self.sorted("id"), "position", channel)

    @api.model
    def _published(self, channel, after, limit):
        """Messages of the channel's list behind a position."""
        return self.search(
            [("channel_id", "=", channel.id), ("position", ">", max(after, 0))], order="position", limit=limit
        )

    # === WHAT THE SHOP READS === #

    def _feed_entry(self):
        """The message as ``ecom.api`` hands it out: plain values, never ``None``."""
        self.ensure_one()
        payload = self.payload or {}
        entry = {
            "id": self.key,
            "kind": self.kind,
            "ref": self.order_id.external_id or "",
            "number": self.order_id.number or "",
            "at": f"{self.sent_at.isoformat()}Z",
        }
        special = getattr(self, f"_feed_{self.kind}", None)
        return entry | (special(payload) if special else {"data": _plain(payload)})

    def _feed_state(self, payload):
        return {"state": payload["state"]}

    def _feed_shipment(self, payload):
        lots = defaultdict(list)
        for lot in payload.get("lots", ()):
            lots[lot["line"]].append({name: lot[name] for name in ("name", "quantity", "serial", "expires")})
        return {
            "id": payload["key"],
            "lines": [
                {"id": line, "quantity": quantity, "lots": lots[line]} for line, quantity in payload["quantities"]
            ],
            "parcels": [
                {
                    "number": parcel["number"],
                    "carrier": parcel["carrier"] or "",
                    "url": parcel["url"] or "",
                    "shipped_at": f"{parcel['shipped_at'].replace(' ', 'T')}Z",
                }
                for parcel in payload["parcels"]
            ],
            "complete": payload["complete"],
            "notify_customer": payload["notify"],
            "message": payload["message"],
        }


def _plain(value):
    """A JSON value with an empty text for null, which XML-RPC cannot carry."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return "" if value is None else value
