import logging

from odoo import fields, models
from odoo.exceptions import UserError
from psycopg2 import IntegrityError

from ..channels.channel_lanes import CONFLICTS

_logger = logging.getLogger(__name__)

PRODUCTS = 50  # shop products that are imported in one transaction: about a second


class EcomCatalogueImport(models.Model):
    """Applying: links and new products, a batch in a transaction, each article once.

    A batch that fails is done again product by product, so that only the bad one stays behind, with its reason.
    """

    _inherit = "ecom.catalogue.import"

    def _apply_batch(self, channel, _platform):
        staged = self._next_products(PRODUCTS)
        if not staged:
            channel._in_transaction(self._finish)
            return
        try:
            channel._in_transaction(lambda: self._apply(channel, staged))
        except CONFLICTS:
            self.env.cr.rollback()
        except Exception as error:
            self.env.cr.rollback()
            _logger.info("Catalogue import %s: a batch is done one by one (%s)", self.id, error)
            for product in staged:
                self._apply_alone(channel, product)

    def _next_products(self, limit):
        lines = self.env["ecom.catalogue.import.line"]._read_group(
            [("import_id", "=", self.id), ("state", "=", "waiting"), ("action", "!=", "skip")],
            ["staged_id"],
            limit=limit,
            order="staged_id",
        )
        return self.env["ecom.catalogue.import.product"].union(*(staged for (staged,) in lines))

    def _apply_alone(self, channel, staged):
        try:
            channel._in_transaction(lambda: self._apply(channel, staged))
        except Exception as error:
            self.env.cr.rollback()
            if not isinstance(error, (*CONFLICTS, UserError, ValueError, IntegrityError)):
                _logger.exception("Catalogue import %s: product %s", self.id, staged.external_id)
            message = str(error)
            channel._in_transaction(lambda: self._waiting(staged).write({"state": "failed", "message": message[:500]}))

    def _waiting(self, staged):
        """The articles of these products that are to be done."""
        return staged.line_ids.filtered(lambda line: line.state == "waiting" and line.action != "skip")

    def _apply(self, channel, staged):
        """Create what is to be created, link all, and note that it is done."""
        lines = self._waiting(staged)
        documents = {product: product._document() for product in staged}
        self._create_products(channel, documents, lines.filtered(lambda line: line.action == "create"))
        offers = self._link(channel, documents, lines)
        for line in lines:
            line.offer_id = offers.get(line, False)
        lines.write({"state": "done", "message": False, "done_at": fields.Datetime.now()})
        self._tell_progress()

    def _finish(self):
        self.state = "done"
        self._tell_progress()

    def _link(self, channel, documents, lines):
        """Listings and offers of these articles, where they are missing.

        :return: ``{line: offer}`` of those that were made
        """
        Listing, Offer = self.env["ecom.listing"], self.env["ecom.offer"]
        external_ids = lines.staged_id.mapped("external_id")
        listings = {
            listing.external_id: listing
            for listing in Listing.search([("channel_id", "=", channel.id), ("external_id", "in", external_ids)])
        }
        by_external = {staged.external_id: document for staged, document in documents.items()}
        template_of = {line.staged_id.external_id: line.product_id.product_tmpl_id for line in lines}
        missing = [key for key in external_ids if key not in listings]
        for key, listing in listings.items():
            # What is kept of it already may have been changed by a person since.
            if not listing.title:
                listing.write(self._prepare_listing_vals(by_external[key]))
        created = Listing.create(
            [
                self._prepare_listing_vals(by_external[key])
                | {"channel_id": channel.id, "external_id": key, "product_tmpl_id": template_of[key].id}
                for key in missing
            ]
        )
        listings |= dict(zip(missing, created, strict=True))
        known = {
            (offer.listing_id, offer.external_id or ""): offer
            for offer in Offer.search([("listing_id", "in", [listing.id for listing in listings.values()])])
        }
        new = []
        for line in lines:
            listing = listings[line.staged_id.external_id]
            offer = known.get((listing, line.external_id or ""))
            if not offer:
                new.append(line)
            elif offer.product_id != line.product_id:
                offer.product_id = line.product_id
        made = Offer.create(
            [
                {
                    "listing_id": listings[line.staged_id.external_id].id,
                    "external_id": line.external_id or "",
                    "sku": line.sku,
                    "product_id": line.product_id.id,
                }
                for line in new
            ]
        )
        return dict(zip(new, made, strict=True))

    def _prepare_listing_vals(self, document):
        """What the shop shows of a product, kept beside what Odoo calls it."""
        return {
            "title": document.name,
            "description": document.description,
            "summary": document.summary,
            "slug": document.slug,
            "url": document.url,
            "state": document.state.value,
        }
