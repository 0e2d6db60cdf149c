from datetime import timedelta

from odoo import fields, models

LEARN_EVERY = timedelta(days=1)


class EcomChannel(models.Model):
    """What the shop calls the products that are taxed at each of its rates at home: its tax classes."""

    _inherit = "ecom.channel"

    tax_classes = fields.Json(copy=False, help="{rate at home in percent: the shop's tax class of it}.")
    tax_classes_at = fields.Datetime(copy=False)

    def _learn_tax_classes(self, platform):
        """Read the shop's tax table, once a day at most."""
        listing_fields, _offer_fields = self._publishes()
        known = self.tax_classes_at and self.tax_classes_at > fields.Datetime.now() - LEARN_EVERY
        if known or "tax_class" not in listing_fields or not self._platform_class().capabilities.tax_table:
            return
        self._before_http()
        classes = self._home_classes(platform.read_taxes())
        self._in_transaction(lambda: self.write({"tax_classes": classes, "tax_classes_at": fields.Datetime.now()}))

    def _home_classes(self, table):
        """``{rate: class}`` of goods sold at home; of two classes with one rate the usual one is taken."""
        home = self.company_id.account_fiscal_country_id.code
        classes = {}
        for tax in table:
            if tax.country in ("", home) and not tax.zips:
                rate = f"{tax.rate.normalize():f}"
                if rate not in classes or not tax.product_class:
                    classes[rate] = tax.product_class
        return classes


class EcomListing(models.Model):
    _inherit = "ecom.listing"

    def _home_rate(self):
        """The rate of the product's sales taxes at home, in percent; ``None`` where they are no plain percentage."""
        taxes = self.product_tmpl_id.taxes_id._filter_taxes_by_company(self.company_id)
        if any(tax.amount_type != "percent" for tax in taxes):
            return None
        return f"{sum(taxes.mapped('amount')):g}"

    def _tax_class(self):
        return (self.channel_id.tax_classes or {}).get(self._home_rate(), "")

    def _problem(self):
        """Why the shop is not told of it, in words, or an empty text: at a wrong rate of tax nothing is sold."""
        classes, rate = self.channel_id.tax_classes, self._home_rate()
        if not classes or rate is None or rate in classes:
            return super()._problem()
        return self.env._(
            "The shop has no tax of %(rate)s %% for sales at home, as this product has in Odoo. Add the rate to the "
            "shop's tax table or correct the product's tax, then press “Tell the shop again”.",
            rate=rate,
        )


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    def _fix_listing_refused(self, same):
        # The shop's tax table may be what was corrected.
        self.channel_id.tax_classes_at = False
        return super()._fix_listing_refused(same)
