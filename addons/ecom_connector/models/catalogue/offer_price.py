from collections import defaultdict
from datetime import UTC, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_compare

from ...platforms.catalogue import PriceDocument
from ..channels.channel_lanes import IDLE_MINUTES

BOUNDARY_LOOK = timedelta(minutes=IDLE_MINUTES + 1)
STARTS = 5  # promotions to come that are looked at, the nearest first


class EcomOffer(models.Model):
    """What an offer costs on its channel: the price list's price, and a promotion's from another list, with its dates.

    Prices are asked for many products at once; they are with tax or without it as the shop says its own.
    """

    _inherit = "ecom.offer"

    def _prices(self, channel):
        """``{offer: {price, sale_price, sale_from, sale_to}}`` of the channel now, in the price list's currency.

        A promotion that has begun is told without its start: so something changes for the shop at that moment.
        WooCommerce before 10.5 only looks at its dates at midnight, or when a product is saved with another price or
        date (woocommerce/woocommerce#62115): until then it would strike the price through and charge it in full.
        """
        products = self.product_id.with_company(channel.company_id)
        now = fields.Datetime.now()
        currency = channel._price_currency()
        base = channel.price_list_id._get_products_price(products, 1.0, currency=currency, date=now)
        promotions = channel._promotions(products, base, currency, now)
        dated = channel._dates_promotions()
        special = channel._special_prices(products, base, currency, now)
        told = {}
        for product in products:
            price, rule = promotions.get(product.id, (None, None))
            told[product.id] = {
                "price": channel._told_price(product, base[product.id], currency),
                "sale_price": channel._told_price(product, price, currency) if rule else None,
                "sale_from": rule.date_start.replace(tzinfo=UTC)
                if dated and rule and rule.date_start and rule.date_start > now
                else None,
                "sale_to": rule.date_end.replace(tzinfo=UTC) if dated and rule and rule.date_end else None,
                "prices": tuple(special.get(product.id, ())),
            }
        return {offer: told[offer.product_id.id] for offer in self}


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    price_list_id = fields.Many2one(
        "product.pricelist",
        string="Prices From",
        check_company=True,
        help="Where the channel's prices come from, in the shop's currency. Empty: the sales price of each product.",
    )
    promotion_list_id = fields.Many2one(
        "product.pricelist",
        string="Promotions From",
        check_company=True,
        help="Prices of this list that are lower are shown as promotions, the usual price struck through, from the "
        "start to the end that its rules say.",
    )
    shop_price_tax = fields.Selection(
        [("included", "With tax"), ("excluded", "Without tax")],
        string="Prices on the Shop",
        help="How the shop wants its prices. Empty: as its own settings say.",
    )
    tariff_ids = fields.One2many("ecom.tariff", "channel_id", string="Prices by Group of Customers")
    prices_seen_at = fields.Datetime(copy=False, help="Up to when the starts and ends of prices were dealt with.")

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"price_list_id", "promotion_list_id", "shop_price_tax", "tariff_ids", "shop_language"}:
            self.env["ecom.listing.change"].sudo()._note(channels=self)
        return result

    def _price_currency(self):
        return self.price_list_id.currency_id or self.company_id.currency_id

    def _promotions(self, products, base, currency, now):
        """``{product id: (price, rule)}`` of what is cheaper than usual, now or else from a moment to come.

        A shop that knows no dates is told when the moment has come, and again when it is over.
        """
        pricelist = self.promotion_list_id
        if not pricelist or not products:
            return {}
        Rule = self.env["product.pricelist.item"]
        found = {}

        def look(moment, rest):
            prices = pricelist._compute_price_rule(rest, 1.0, currency=currency, date=moment)
            for product_id, (price, rule_id) in prices.items():
                if rule_id and float_compare(price, base[product_id], precision_rounding=currency.rounding) < 0:
                    found[product_id] = (price, Rule.browse(rule_id))

        look(now, products)
        if not self._dates_promotions():
            return found
        coming = Rule.search([("pricelist_id", "=", pricelist.id), ("date_start", ">", now)], order="date_start")
        starts = list(dict.fromkeys(coming.mapped("date_start")))[:STARTS]
        for start in starts:
            if rest := products.filtered(lambda product: product.id not in found):
                look(start, rest)
        return found

    def _dates_promotions(self):
        """Whether the shop begins and ends a promotion by itself."""
        return {"sale_from", "sale_to"} <= self._publishes()[1]

    def _special_prices(self, products, base, currency, now):
        """``{product id: [PriceDocument]}``: what is paid from some quantity on, and by groups of customers."""
        _listing_fields, offer_fields = self._publishes()
        if "prices" not in offer_fields:
            return {}
        told = defaultdict(list)
        lists = [("", self.price_list_id), *((tariff.code, tariff.pricelist_id) for tariff in self.tariff_ids)]
        for group, pricelist in lists:
            quantities = sorted({1.0, *(rule.min_quantity for rule in pricelist.item_ids if rule.min_quantity > 1)})
            last = dict.fromkeys(products.ids) if group else dict(base)
            for quantity in quantities if group else quantities[1:]:
                prices = pricelist._get_products_price(products, quantity, currency=currency, date=now)
                for product in products:
                    price = prices[product.id]
                    # A step that changes nothing is none.
                    if last[product.id] is None or currency.compare_amounts(price, last[product.id]):
                        exact = self._told_price(product, price, currency)
                        told[product.id].append(PriceDocument(exact, Decimal(f"{quantity:g}"), group))
                        last[product.id] = price
        return told

    def _price_lists(self):
        """The lists that the channel's prices come from."""
        return self.price_list_id | self.promotion_list_id | self.tariff_ids.pricelist_id

    def _told_price(self, product, price, currency):
        """A price as the shop wants it, exact to the currency's smallest coin, or to the decimals that the shop keeps.

        Without tax 9.99 with 20 % is 8.325, and 8.33 would be sold at 10.00.
        """
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
        digits = self._platform_class().capabilities.price_digits
        if digits and self.shop_price_tax == "excluded":
            if taxes:
                many = 10 ** (digits - currency.decimal_places)
                price = taxes.compute_all(price, currency, many, product)["total_excluded"] / many
            return Decimal(f"{price:.{digits}f}")
        if taxes:
            total = taxes.compute_all(price, currency, 1.0, product)
            price = total["total_excluded" if self.shop_price_tax == "excluded" else "total_included"]
        return Decimal(f"{currency.round(price):.{currency.decimal_places}f}")

    def _note_price_boundaries(self):
        """Look again at what a price list says from now on, or no longer says; and wake up for the next time."""
        lists = self._price_lists()
        if not lists:
            return
        now = fields.Datetime.now()
        since = self.prices_seen_at or now
        Rule = self.env["product.pricelist.item"]

        passed = Rule.search(
            [
                ("pricelist_id", "in", lists.ids),
                "|",
                "&",
                ("date_start", ">", since),
                ("date_start", "<=", now),
                "&",
                ("date_end", ">", since),
                ("date_end", "<=", now),
            ]
        )
        passed._note_listings()
        # Written seldom: other lanes write to the channel too.
        if passed or since < now - BOUNDARY_LOOK or not self.prices_seen_at:
            self.prices_seen_at = now
        # The lane looks every few minutes anyway: it is only woken for what comes before that.
        coming = [
            rule[name]
            for name in ("date_start", "date_end")
            for rule in Rule.search(
                [("pricelist_id", "in", lists.ids), (name, ">", now), (name, "<", now + BOUNDARY_LOOK)],
                order=name,
                limit=1,
            )
        ]
        if coming:
            self._wake("listings", at=min(coming) + timedelta(seconds=1))


class EcomTariff(models.Model):
    """What a group of customers pays on a channel: trade customers, clubs."""

    _name = "ecom.tariff"
    _description = "Prices of a Group of Customers"
    _check_company_auto = True
    _rec_name = "code"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    code = fields.Char(string="Group on the Shop", required=True)
    pricelist_id = fields.Many2one("product.pricelist", string="Price List", required=True, check_company=True)

    _channel_code_unique = models.Constraint("UNIQUE(channel_id, code)", "A group has one price list.")


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def _note_listings(self):
        """Have what these rules may price be looked at, on the channels that use their lists."""
        if not self:
            return
        Channel, Template = self.env["ecom.channel"].sudo(), self.env["product.template"].sudo()
        uses = Channel.search(
            [
                "|",
                "|",
                ("price_list_id", "in", self.pricelist_id.ids),
                ("promotion_list_id", "in", self.pricelist_id.ids),
                ("tariff_ids.pricelist_id", "in", self.pricelist_id.ids),
            ]
        )
        if not uses:
            return
        general = self.filtered(lambda rule: not (rule.product_tmpl_id or rule.product_id))
        everywhere = uses.filtered(lambda channel: channel._price_lists() & general.pricelist_id)
        templates = (self - general).product_tmpl_id | (self - general).product_id.product_tmpl_id
        self.env["ecom.listing.change"].sudo()._note(templates=Template.browse(templates.ids), channels=everywhere)

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._note_listings()
        return rules

    def write(self, vals):
        self._note_listings()
        result = super().write(vals)
        self._note_listings()
        return result

    def unlink(self):
        self._note_listings()
        return super().unlink()
