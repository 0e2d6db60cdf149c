"""What the tests of publishing start from: a shop that records what it is told."""

from unittest.mock import patch

from odoo import Command

from ..platforms.base import PlatformError, platform_class
from ..platforms.catalogue import VARIANTS_KEY, WEIGHT_UNIT_KEY, TermDocument
from ..platforms.publishing import ListingResult, MediaResult, Refusal
from .shop_case import ShopCase


class RecordingShop:
    """Stands at the end of the wire: keeps what it is told, and answers like a WooCommerce."""

    capabilities = platform_class("woocommerce").capabilities

    def __init__(self):
        self.pushes, self.made, self.refuse, self.lose = [], {}, {}, 0
        self.variants = 100000
        self.files, self.uploads = [], False  # what was uploaded, and whether that can be done
        self.taxes = []
        self.shelf, self.reads = {}, []  # what the shop shows, and what it was asked for

    def _next_variant(self):
        self.variants += 1
        return str(self.variants)

    @property
    def last(self):
        return self.pushes[-1]

    def push_listings(self, changes):
        self.pushes.append(list(changes))
        results = [self._push(change) for change in changes]
        if self.lose:
            self.lose -= 1
            refusal = Refusal("timeout", "no answer", retry=True, in_doubt=True)
            return [ListingResult(refusal=refusal) for _change in changes]
        return results

    def _push(self, change):
        document = change.document
        if document.name in self.refuse:
            return ListingResult(refusal=self.refuse[document.name])
        product_id = document.product_id or str(1000 + len(self.made))
        self.made[change.key] = product_id
        variants = {}
        rows = []
        if document.kind.value == "variable":
            for offer in change.offers:
                variants[offer.key] = offer.document.variant_id or self._next_variant()
                rows.append({"id": variants[offer.key], "sku": offer.document.sku, "status": "publish"})
        raw = {"id": product_id, "type": document.kind.value, "status": "publish", "name": document.name}
        raw |= {VARIANTS_KEY: rows, WEIGHT_UNIT_KEY: "kg", "permalink": f"https://shop.example/{product_id}"}
        if not rows and change.offers:
            raw |= {"sku": change.offers[0].document.sku, "regular_price": str(change.offers[0].document.price)}
        self.shelf[product_id] = self.shelf.get(product_id, {}) | raw
        return ListingResult(product_id=product_id, raw=raw, variants=variants)

    def can_upload(self):
        return self.uploads

    def push_media(self, files):
        self.files += files
        return [MediaResult(f"m-{file.key}", f"https://shop.example/{file.name}") for file in files]

    def resolve_terms(self, kind, terms):
        return [TermDocument(f"{kind}-{term.name}", term.name, term.path) for term in terms]

    def find_listings(self, keys, _since):
        return {
            key: {"id": self.made[key], "type": "simple", "status": "publish", "name": "?"}
            for key in keys
            if key in self.made
        }

    def read_listings(self, ids):
        self.reads.append(list(ids))
        return [self.shelf[key] for key in ids if key in self.shelf]

    @staticmethod
    def parse_listing(raw):
        return platform_class("woocommerce").parse_listing(raw)

    def read_taxes(self):
        return self.taxes

    def read_facts(self):
        raise PlatformError("unexpected", "The setting is known.")


class ListingsCase(ShopCase):
    """A channel whose shop records what it is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = RecordingShop()
        cls.channel.shop_price_tax = "included"
        publishes = frozenset({"state", "name", "description", "categories", "attributes"}) | frozenset(
            f"offer.{name}" for name in ("sku", "price", "sale_price", "sale_from", "sale_to", "weight", "active")
        )
        cls.fields_told = cls._fields(publishes)
        cls.startClassPatcher(patch.object(type(cls.channel), "_publishes", lambda self: cls.fields_told))
        cls.soap = cls.env["product.template"].create(
            {"name": "Soap", "default_code": "SOAP", "list_price": 5.0, "weight": 0.125, "taxes_id": False}
        )

    def publishing(self, *names):
        """The shop can be told of these too."""
        both = (self.fields_told[0] | frozenset(names), self.fields_told[1])
        return patch.object(type(self.channel), "_publishes", lambda _self: both)

    @staticmethod
    def _fields(names):
        return frozenset(n for n in names if "." not in n), frozenset(n[6:] for n in names if n.startswith("offer."))

    def setUp(self):
        super().setUp()
        self.shop.__init__()

    def publish(self, *products, **values):
        listings = self.env["ecom.listing"]._publish_on(
            self.channel, self.env["product.template"].union(*products), **values
        )
        self.run_lane()
        return listings

    def run_lane(self):
        """The lane as it runs, its commits being savepoints; returns how often the shop was called."""
        self.env.cr.flush()
        before = len(self.shop.pushes)
        channel = self.channel._work_env()

        def in_transaction(work):
            with self.env.cr.savepoint():
                result = work()
                self.env.flush_all()
                return result

        with (
            patch.object(type(channel), "_in_transaction", lambda _self, work: in_transaction(work)),
            patch.object(type(channel), "_before_http", lambda _self: None),
            patch.object(type(channel), "_platform", lambda _self, flow=None: self.shop),
        ):
            channel._lane_listings(float("inf"))
        self.env.invalidate_all()
        return len(self.shop.pushes) - before

    def shirt(self, *sizes):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": size}) for size in sizes]}
        )
        shirt = self.env["product.template"].create(
            {
                "name": "Shirt",
                "list_price": 20.0,
                "taxes_id": False,
                "attribute_line_ids": [
                    Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})
                ],
            }
        )
        for variant in shirt.product_variant_ids:
            variant.default_code = f"SHIRT-{variant.product_template_attribute_value_ids.name}"
        return shirt
