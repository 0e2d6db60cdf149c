from odoo import api, fields, models

from ...platforms.catalogue import TermDocument

KINDS = [("category", "Category"), ("tag", "Tag"), ("brand", "Brand"), ("attribute", "Attribute")]


class EcomTerm(models.Model):
    """A category, tag, brand or attribute of ours as a channel knows it: found by its name and place, else made."""

    _name = "ecom.term"
    _description = "Shop's Term"
    _check_company_auto = True
    _rec_name = "key"
    _order = "channel_id, kind, key"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    kind = fields.Selection(KINDS, required=True)
    key = fields.Char(string="Name Here", required=True, help="With the names of the categories above it.")
    external_id = fields.Char(string="Shop's Id", required=True)

    _channel_kind_key_unique = models.Constraint("UNIQUE(channel_id, kind, key)", "This one is known already.")

    @api.model
    def _known(self, channel, kind, terms):
        """``{term: the shop's id}`` of those that are known, in one look-up."""
        keys = {self._key(term): term for term in terms}
        found = self.search([("channel_id", "=", channel.id), ("kind", "=", kind), ("key", "in", list(keys))])
        return {keys[row.key]: row.external_id for row in found}

    @api.model
    def _remember(self, channel, kind, terms):
        """:param terms: ``{term: TermDocument of the shop's}``"""
        self._remember_ids(channel, kind, {self._key(term): found.external_id for term, found in terms.items()})

    @api.model
    def _remember_ids(self, channel, kind, ids):
        """:param ids: ``{key: the shop's id}``; what is known already stays"""
        known = self.search([("channel_id", "=", channel.id), ("kind", "=", kind), ("key", "in", list(ids))])
        keys = set(known.mapped("key"))
        self.create(
            [
                {"channel_id": channel.id, "kind": kind, "key": key, "external_id": external_id}
                for key, external_id in ids.items()
                if key not in keys and external_id
            ]
        )

    @api.model
    def _key(self, term):
        return " / ".join((*term.path, term.name))


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    brand_attribute_id = fields.Many2one(
        "product.attribute",
        string="Brands Are",
        help="The attribute that says a product's brand, where the shop has brands.",
    )

    def _find_terms(self, platform, listings):
        """Ask the shop for its ids of what these listings need, and have it make what it has not."""
        wanted = listings.with_context(lang=self._shop_language())._wanted_terms()
        Term = self.env["ecom.term"]
        possible, _offer_fields = self._publishes()
        for kind, field in (
            ("category", "categories"),
            ("tag", "tags"),
            ("brand", "brands"),
            ("attribute", "attributes"),
        ):
            if field not in possible:
                continue
            terms = list(dict.fromkeys(term for own in wanted[kind].values() for term in own.values()))
            known = Term._known(self, kind, terms)
            if missing := [term for term in terms if term not in known]:
                self._before_http()
                found = dict(zip(missing, platform.resolve_terms(kind, missing), strict=True))
                self._in_transaction(lambda kind=kind, found=found: Term._remember(self, kind, found))


class EcomListing(models.Model):
    _inherit = "ecom.listing"

    def _wanted_terms(self):
        """``{kind: {listing: {record: TermDocument without an id}}}``."""
        brand = self.channel_id.brand_attribute_id
        wanted = {kind: {} for kind, _label in KINDS}
        for listing in self:
            product = listing.product_tmpl_id
            lines = product.attribute_line_ids
            wanted["category"][listing] = {
                category: self._category_term(category) for category in listing.category_ids or product.categ_id
            }
            wanted["tag"][listing] = {tag: TermDocument("", tag.name) for tag in product.product_tag_ids}
            wanted["brand"][listing] = {
                value: TermDocument("", value.name)
                for line in lines
                if brand and line.attribute_id == brand
                for value in line.value_ids
            }
            wanted["attribute"][listing] = {
                line.attribute_id: TermDocument("", line.attribute_id.name) for line in lines
            }
        return wanted

    def _category_term(self, category):
        names = []
        parent = category.parent_id
        while parent:
            names.append(parent.name)
            parent = parent.parent_id
        return TermDocument("", category.name, tuple(reversed(names)))

    def _terms(self):
        """What each listing is filed under, with the shop's ids as far as they are known.

        :return: ``{listing: {"category": terms, "tag": terms, "brand": terms, "attribute": {attribute: id}}}``
        """
        wanted = self._wanted_terms()
        Term, channel = self.env["ecom.term"], self.channel_id
        ids = {
            kind: Term._known(channel, kind, {term for own in wanted[kind].values() for term in own.values()})
            for kind, _label in KINDS
        }

        def told(kind, own):
            return tuple(TermDocument(ids[kind].get(term, ""), term.name, term.path) for term in own.values())

        return {
            listing: {kind: told(kind, wanted[kind][listing]) for kind in ("category", "tag", "brand")}
            | {
                "attribute": {
                    attribute: ids["attribute"].get(term, "")
                    for attribute, term in wanted["attribute"][listing].items()
                }
            }
            for listing in self
        }
