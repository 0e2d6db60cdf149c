import logging

from odoo import models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.addons.ecom_connector.platforms.base import PlatformError
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class EcomChannel(models.Model):
    """The locations of a shop that counts by location: read from it, so that nobody types in their ids."""

    _inherit = "ecom.channel"

    def action_connect(self):
        result = super().action_connect()
        if self._platform_class().capabilities.stock_locations and not self.mapping_location_ids:
            try:
                self._read_stock_locations()
            except PlatformError as error:  # it is connected all the same; the button tries again
                _logger.warning("Channel %s: its locations were not read: %s", self.id, error.message)
        return result

    def action_read_stock_locations(self):
        """Bring in the locations that the shop has and this list has not."""
        self.ensure_one()
        self.check_access("write")
        try:
            new = self._read_stock_locations()
        except PlatformError as error:
            raise UserError(in_words(self.env, error)) from None
        if not new:
            message = self.env._("The list has all the locations that the shop has.")
        else:
            message = self.env._("New in the list: %(names)s.", names=", ".join(new.mapped("label")))
        return self._notify(self.env._("Locations of the Shop"), message)

    def _read_stock_locations(self):
        """Add what the shop has more. A shop with a single one shows there what the channel's warehouses have; of
        several ones, a person says what lies where, and meanwhile the first shows it all."""
        found = [place for place in self._platform().read_locations() if place.active]
        codes = self.mapping_location_ids.mapped("code")
        new = [place for place in found if place.code not in codes]
        here = self.stock_location_ids or (self.stock_warehouse_ids or self.warehouse_id).lot_stock_id
        return self.env["ecom.location.mapping"].create(
            [
                {
                    "channel_id": self.id,
                    "code": place.code,
                    "label": place.name,
                    "location_ids": here.ids if place is found[0] and not codes else False,
                }
                for place in new
            ]
        )
