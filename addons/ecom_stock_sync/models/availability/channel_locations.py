import logging

from odoo import api, fields, models
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

    def write(self, vals):
        result = super().write(vals)
        if vals.get("stock_push"):
            self._point_out_locations()
        return result

    def _point_out_locations(self):
        """Say which of a shop's locations nobody feeds: it sells what it shows there."""
        for channel in self.filtered(lambda channel: channel.stock_push and channel.mapping_location_ids):
            unfed = channel.mapping_location_ids.filtered(lambda mapping: not mapping.location_ids)
            causes = [mapping._not_fed() for mapping in unfed]
            self.env["ecom.issue"].sudo()._raise_each(channel, "location_not_fed", causes)
            fed = channel.mapping_location_ids - unfed
            channel.sudo()._solve_stock_issues("location_not_fed", fed.mapped("code"))

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


class EcomLocationMapping(models.Model):
    _inherit = "ecom.location.mapping"

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings.channel_id._point_out_locations()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        self.channel_id._point_out_locations()
        return result

    def _not_fed(self):
        return {
            "order": self.env["ecom.order"],
            "key": self.code,
            "message": self.env._(
                "The shop also counts at “%(place)s”, which none of Odoo's locations feeds: it goes on selling what it "
                "shows there. In the channel, under Stock, say what lies there; or empty it on the shop.",
                place=self.label or self.code,
            ),
            "data": {},
        }


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("location_not_fed", "Location of the shop without a source")],
        ondelete={"location_not_fed": "cascade"},
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "location_not_fed").remedy = self.env._("It is empty on the shop")
        return result

    def _fix_location_not_fed(self, _same):
        """The shop has nothing there: nothing is left to do."""
