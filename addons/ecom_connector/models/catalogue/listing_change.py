from odoo import api, fields, models
from odoo.tools import SQL

ROWS = 20  # of the log that are read for each listing wanted: one may have changed many times


class EcomListingChange(models.Model):
    """An append-only log: something that a listing shows may have changed. The lane says whether it has.

    Whoever changes a product only adds rows, one statement a transaction, so that nobody waits for the lane.
    """

    _name = "ecom.listing.change"
    _description = "Change of a Listing"
    _log_access = False

    listing_id = fields.Many2one("ecom.listing", required=True, ondelete="cascade", index=True)
    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade")

    _due_index = models.Index("(channel_id, id)")

    @api.model
    def _note(self, *, listings=(), templates=(), channels=()):
        """Remember, until this transaction ends, that these may show something else now.

        :param channels: all listings of these, as when a price list that speaks of every product is changed
        """
        noted = self.env.cr.precommit.data.get("ecom.listing.change")
        if noted is None:
            noted = self.env.cr.precommit.data["ecom.listing.change"] = {"id": set(), "tmpl": set(), "channel": set()}
            self.env.cr.precommit.add(self.env["ecom.listing.change"].sudo()._write_down)
        noted["id"].update(record.id for record in listings)
        noted["tmpl"].update(record.id for record in templates)
        noted["channel"].update(record.id for record in channels)

    @api.model
    def _write_down(self):
        """Add a row for each listing that is kept up, in one statement, and wake its channel's lane."""
        noted = self.env.cr.precommit.data.pop("ecom.listing.change", None)
        if not noted:
            return
        tests = [
            SQL("%s = ANY(%s)", SQL.identifier(column), list(noted[key]))
            for key, column in (("id", "id"), ("tmpl", "product_tmpl_id"), ("channel", "channel_id"))
            if noted[key]
        ]
        if not tests:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH added AS (
                    INSERT INTO ecom_listing_change (listing_id, channel_id)
                    SELECT id, channel_id FROM ecom_listing WHERE kept_up AND (%s)
                    RETURNING channel_id
                )
                SELECT DISTINCT channel_id FROM added
                """,
                SQL(" OR ").join(tests),
            )
        )
        for channel in self.env["ecom.channel"].browse(channel_id for (channel_id,) in rows):
            channel._wake("listings")

    @api.model
    def _due(self, channel, limit):
        """The listings whose changes are the oldest.

        Of a long log only the beginning is read, however many changes wait behind it.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT listing_id
                  FROM (
                      SELECT change.id, change.listing_id
                        FROM ecom_listing_change change
                        JOIN ecom_listing listing ON listing.id = change.listing_id
                       WHERE change.channel_id = %s AND (listing.retry_at IS NULL OR listing.retry_at <= %s)
                    ORDER BY change.id
                       LIMIT %s
                  ) oldest
              GROUP BY listing_id
              ORDER BY MIN(id)
                 LIMIT %s
                """,
                channel.id,
                fields.Datetime.now(),
                limit * ROWS,
                limit,
            )
        )
        return self.env["ecom.listing"].browse(listing_id for (listing_id,) in rows)

    @api.model
    def _seen(self, listings):
        """Ids of the rows of these listings that this transaction sees: the changes that its reading takes in.

        Rows are told by their ids and not by the newest: a transaction that began before may end after it.
        """
        rows = self.env.execute_query(
            SQL("SELECT id FROM ecom_listing_change WHERE listing_id = ANY(%s)", listings.ids)
        )
        return [row_id for (row_id,) in rows]

    @api.model
    def _forget(self, listings, seen):
        """Remove what was dealt with; a row that came meanwhile stays."""
        if listings and seen:
            self.env.execute_query(
                SQL(
                    "DELETE FROM ecom_listing_change WHERE listing_id = ANY(%s) AND id = ANY(%s) RETURNING 1",
                    listings.ids,
                    seen,
                )
            )
