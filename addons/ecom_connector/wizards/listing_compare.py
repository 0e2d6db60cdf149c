from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..decisions import listing_words
from ..models.wording import in_words
from ..platforms.base import PlatformError

MOST = 100  # listings that are compared at once: a page of the shop's


class EcomListingCompare(models.TransientModel):
    """Products as Odoo says them, beside what the shop shows right now: a line for each field that differs."""

    _name = "ecom.listing.compare"
    _description = "Comparison With the Shop"

    listing_ids = fields.Many2many("ecom.listing", required=True)
    line_ids = fields.One2many("ecom.listing.compare.line", "compare_id")
    same_count = fields.Integer(string="Products That Agree")
    gone_count = fields.Integer(string="Products That the Shop Has Not")

    @api.model
    def _of(self, listings):
        """Ask the shops, and lay out what differs."""
        if len(listings) > MOST:
            raise UserError(self.env._("Compare at most %(most)s products at once.", most=MOST))
        lines, same, gone = [], 0, 0
        for channel, mine in listings.filtered("external_id").grouped("channel_id").items():
            shown = self._read(channel, mine)
            work = channel._work_env()
            documents = mine.with_env(work.env)._documents()
            for listing in mine:
                if listing.external_id not in shown:
                    gone += 1
                    continue
                found = self._differences(listing, documents[listing], shown[listing.external_id])
                lines += found
                same += not found
        return self.create(
            {
                "listing_ids": [Command.set(listings.ids)],
                "line_ids": [Command.create(line) for line in lines],
                "same_count": same,
                "gone_count": gone + len(listings.filtered(lambda listing: not listing.external_id)),
            }
        )

    def _read(self, channel, listings):
        if not channel._platform_class().capabilities.reads_catalogue:
            raise UserError(self.env._("%(channel)s does not show its catalogue.", channel=channel.name))
        platform = channel.sudo()._platform()
        try:
            raws = platform.read_listings(listings.mapped("external_id"))
        except PlatformError as error:
            raise UserError(
                self.env._(
                    "%(channel)s could not be asked: %(error)s", channel=channel.name, error=in_words(self.env, error)
                )
            ) from error
        return {document.product_id: document for document in map(platform.parse_listing, raws)}

    def _differences(self, listing, here, there):
        listing_fields, offer_fields = listing._compared_fields()
        here, there = listing._comparable(here), listing._comparable(there)
        labels = listing._field_labels()

        def lines(offer, names, ours, theirs):
            return [
                {
                    "listing_id": listing.id,
                    "offer_id": offer.id,
                    "field": name,
                    "label": labels.get(name, name),
                    "here": mine,
                    "there": its,
                }
                for name, mine, its in listing_words.differences(ours, theirs)
                # Without one here, the shop makes its address, and files the product where it files what is nowhere.
                if name in names and (mine or name not in ("slug", "categories"))
            ]

        nobody = self.env["ecom.offer"]
        found = lines(nobody, listing_fields, listing_words.of_listing(here), listing_words.of_listing(there))
        shown = {offer.variant_id: offer for offer in there.offers}
        for offer, document in zip(listing._told_offers(), here.offers, strict=True):
            if document.variant_id in shown:
                theirs = listing_words.of_offer(shown[document.variant_id])
                found += lines(offer, offer_fields, listing_words.of_offer(document), theirs)
        return found

    def action_tell(self):
        """Have the shop say what Odoo says, in all that differs."""
        self.env["ecom.listing"].check_access("write")
        for channel, lines in self.sudo().line_ids.grouped(lambda line: line.listing_id.channel_id).items():
            documents = lines.listing_id.with_env(channel._work_env().env)._documents()
            for listing, mine in lines.grouped("listing_id").items():
                listing._tell_again(documents[listing], mine)
        return {"type": "ir.actions.act_window_close"}


class EcomListingCompareLine(models.TransientModel):
    _name = "ecom.listing.compare.line"
    _description = "Difference From the Shop"

    compare_id = fields.Many2one("ecom.listing.compare", required=True, ondelete="cascade")
    listing_id = fields.Many2one("ecom.listing", required=True, string="Product")
    offer_id = fields.Many2one("ecom.offer", string="Variant")
    field = fields.Char(required=True)
    label = fields.Char(string="What")
    here = fields.Text(string="In Odoo")
    there = fields.Text(string="On the Shop")
