from odoo import api, models


class EcomApi(models.AbstractModel):
    """What the shop has to know: parcels that left, and what was decided in Odoo."""

    _inherit = "ecom.api"

    @api.model
    def tracking_list(self, channel, cursor="", limit=200):
        """What happened to the channel's orders since the last call: keep the cursor, and go on with it.

        Nothing is skipped, whatever is written at the same time. The same ``id`` may come again with more in it, such
        as a tracking number that came late: the later entry replaces the former.

        :return: ``{"items": [...], "cursor": text, "more": whether to go on at once}``
        """
        channel = self._channel(channel)
        after, limit = self._page(cursor, limit)
        commands = channel.env["ecom.command"]._published(channel, after, limit + 1)
        page = commands[:limit]
        return {
            "items": [command._feed_entry() for command in page],
            "cursor": str(page[-1].position) if page else cursor,
            "more": len(commands) > limit,
        }
