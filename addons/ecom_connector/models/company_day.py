from odoo import fields, models
from pytz import country_timezones


class ResCompany(models.Model):
    """Days end when the company's do, whoever works for it from wherever, and also where nobody does."""

    _inherit = "res.company"

    def _ecom_zone(self):
        """The name of the company's time zone: its address's, else its country's first, else the reader's."""
        self.ensure_one()
        place = self.sudo().partner_id
        of_country = country_timezones.get(place.country_id.code or "") or [None]
        return place.tz or of_country[0] or self.env.user.tz or "UTC"

    def _ecom_day(self, moment):
        """The company's day of a moment.

        :param moment: naive UTC, as Odoo keeps it
        """
        return fields.Datetime.context_timestamp(self.with_context(tz=self._ecom_zone()), moment).date()

    def _ecom_today(self):
        """The company's day now."""
        return self._ecom_day(fields.Datetime.now())
