from odoo import Command, fields, models


class EcomCatalogueImport(models.Model):
    """What the shop files its products under: categories with their tree, and tags, found by name or made.

    New products are filed alike; a product of ours keeps what it has. Either way the listing remembers the shop's
    categories, so that nothing is filed elsewhere once Odoo keeps it up.
    """

    _inherit = "ecom.catalogue.import"

    bring_terms = fields.Boolean(
        string="Bring Categories and Tags",
        default=True,
        help="Categories, with their tree, and tags of the shop are found by name or made. Products that you have keep "
        "theirs.",
    )
    categories = fields.Json(help="The shop's categories by id: their names, from the topmost.")

    def _read_terms(self, platform):
        """Fetch the tree of categories before the first page."""
        return {
            term.external_id: [*term.path, term.name] for term in platform.read_terms("category") if term.external_id
        }

    def _apply(self, channel, staged):
        if not self.bring_terms:
            return super()._apply(channel, staged)
        documents = [product._document() for product in staged]
        filed = self.with_context(
            ecom_categories=self._category_records(channel, documents), ecom_tags=self._tag_records(documents)
        )
        return super(EcomCatalogueImport, filed)._apply(channel, staged)

    def _category_records(self, channel, documents):
        """``{the shop's id: id of a category}`` of what these products are filed under, in two look-ups a level."""
        places = {
            term.external_id: tuple((self.categories or {}).get(term.external_id) or (term.name,))
            for document in documents
            for term in document.categories
        }
        Category = self.env["product.category"]
        wanted = {place[:length] for place in places.values() for length in range(1, len(place) + 1)}
        known = {}
        for length in range(1, max(map(len, wanted), default=0) + 1):
            level = [place for place in wanted if len(place) == length]
            parents = {known[place[:-1]] if length > 1 else False for place in level}
            found = Category.search(
                [("name", "in", [place[-1] for place in level]), ("parent_id", "in", list(parents))], order="id desc"
            )
            there = {(category.parent_id.id, category.name): category.id for category in found}
            missing = []
            for place in level:
                parent = known[place[:-1]] if length > 1 else False
                if category := there.get((parent, place[-1])):
                    known[place] = category
                else:
                    missing.append((place, parent))
            made = Category.create([{"name": place[-1], "parent_id": parent} for place, parent in missing])
            known |= {place: category.id for (place, _parent), category in zip(missing, made, strict=True)}
        self.env["ecom.term"]._remember_ids(
            channel, "category", {" / ".join(place): external_id for external_id, place in places.items()}
        )
        return {external_id: known[place] for external_id, place in places.items()}

    def _tag_records(self, documents):
        """``{name: id of a tag}``."""
        names = list(dict.fromkeys(term.name for document in documents for term in document.tags))
        Tag = self.env["product.tag"]
        found = {tag.name: tag.id for tag in Tag.search([("name", "in", names)], order="id desc")}
        missing = [name for name in names if name not in found]
        return found | dict(zip(missing, Tag.create([{"name": name} for name in missing]).ids, strict=True))

    def _filed_under(self, document):
        known = self.env.context.get("ecom_categories") or {}
        return [known[term.external_id] for term in document.categories if term.external_id in known]

    def _prepare_template_vals(self, document):
        values = super()._prepare_template_vals(document)
        tags = self.env.context.get("ecom_tags") or {}
        if mine := [tags[term.name] for term in document.tags if term.name in tags]:
            values["product_tag_ids"] = [Command.set(mine)]
        if categories := self._filed_under(document):
            values["categ_id"] = categories[-1]
        return values

    def _prepare_listing_vals(self, document):
        values = super()._prepare_listing_vals(document)
        if categories := self._filed_under(document):
            values["category_ids"] = [Command.set(categories)]
        return values
