from datetime import timedelta

from odoo import fields, models

from ...decisions.catalogue import Result
from ...platforms.catalogue import ListingKind

PASSES = 3


class EcomCatalogueImport(models.Model):
    """Reading: a page of the shop's products at a time, each kept once."""

    _inherit = "ecom.catalogue.import"

    def _read_page(self, channel, platform):
        """Fetch a page and keep it; after the last one, look at the whole."""
        cursor = self.cursor or ""
        channel._before_http()
        if not cursor:
            included = bool(platform.read_facts().prices_include_tax)
            categories = self._read_terms(platform) if self.bring_terms else {}
        page = platform.read_catalogue(cursor)

        def store():
            if not cursor:
                self.write({"prices_include_tax": included, "categories": categories, "passes": self.passes + 1})
            self._stage(channel, page.raws)
            count = self.env["ecom.catalogue.import.product"].search_count([("import_id", "=", self.id)])
            until = fields.Datetime.now() + timedelta(seconds=page.wait) if page.wait else False
            self.write(
                {
                    "cursor": page.next or False,
                    "wait_until": until,
                    "read_count": count,
                    "total_count": page.total or count,
                }
            )
            if until:
                channel._wake("catalogue", at=until + timedelta(seconds=1))
            if not page.next and (count >= (page.total or 0) or self.passes >= PASSES):
                self._compare_whole(channel)
                self.state = "ready"
            self._tell_progress()

        channel._in_transaction(store)

    def _stage(self, channel, raws):
        """Keep these raw products and say what their articles are here; those that are kept already stay."""
        Product = self.env["ecom.catalogue.import.product"]
        parse = channel._platform_class().parse_listing
        documents, unreadable, payloads = {}, {}, {}
        for raw in raws:
            try:
                document = parse(raw)
            except ValueError as error:
                key = str(raw.get("id") or "")
                if key:
                    unreadable[key] = (str(raw.get("name") or key), str(error))
                    payloads[key] = raw
            else:
                documents[document.product_id] = document
                payloads[document.product_id] = raw
        known = set(
            Product.search([("import_id", "=", self.id), ("external_id", "in", list(payloads))]).mapped("external_id")
        )
        new = [key for key in payloads if key not in known]
        staged = dict(
            zip(
                new,
                Product.create([{"import_id": self.id, "external_id": key, "payload": payloads[key]} for key in new]),
                strict=True,
            )
        )
        lines = [
            {
                "import_id": self.id,
                "staged_id": staged[key].id,
                "name": name,
                "result": Result.UNREADABLE.value,
                "reason": error,
            }
            for key, (name, error) in unreadable.items()
            if key in staged
        ]
        found = {key: document for key, document in documents.items() if key in staged}
        lines += self._prepare_lines(channel, found, staged)
        self.env["ecom.catalogue.import.line"].create(lines)

    def _prepare_lines(self, channel, documents, staged):
        """The articles of these products with what they are here, in a constant number of look-ups."""
        matches = self._match(channel, documents)
        lines = []
        for key, document in documents.items():
            common = {"import_id": self.id, "staged_id": staged[key].id}
            if document.kind == ListingKind.OTHER or not document.offers:
                reason = (
                    self.env._("It is a group, a bundle or a link, which has no stock of its own.")
                    if document.kind == ListingKind.OTHER
                    else self.env._("It has no variant that could be sold.")
                )
                lines.append(
                    common
                    | {"name": document.name, "sku": document.sku, "result": Result.NOT_SOLD.value, "reason": reason}
                )
            for offer, match in zip(document.offers, matches.get(key, ()), strict=False):
                options = ", ".join(option.value for option in offer.options)
                lines.append(
                    common
                    | {
                        "external_id": offer.variant_id,
                        "name": f"{document.name} ({options})" if options else document.name,
                        "sku": offer.sku or False,
                        "barcode": offer.barcode or False,
                        "price": float(offer.price or 0),
                        "product_id": match.product,
                        "result": match.result.value,
                        "reason": self._reason(match.result, offer),
                        "action": self._proposed(match.result),
                    }
                )
        return lines

    def _proposed(self, result):
        """What is done unless a person says otherwise."""
        if result in (Result.LINKED, Result.SKU, Result.BARCODE):
            return "link"
        return "create" if result == Result.NEW and self.create_new else "skip"

    def _reason(self, result, offer):
        """Why a person has to look, and what they can do; empty where nobody has to."""
        env = self.env
        sku = offer.sku or "—"
        return {
            Result.DIFFERS: env._("Our product has no such variant: create it, or choose another one."),
            Result.CONFLICT: env._("Its SKU, its barcode and its other variants name different products: choose one."),
            Result.AMBIGUOUS: env._(
                "Several products have the code “%(sku)s”: choose one, and correct the others.", sku=sku
            ),
            Result.NO_CODE: env._("Give it a SKU on the shop and read again, choose a product, or create one."),
            Result.INCOMPLETE: env._("It stands for any value of an attribute: choose the product that leaves."),
        }.get(result, False)
