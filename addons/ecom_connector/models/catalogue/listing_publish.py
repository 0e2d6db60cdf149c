from odoo import api, fields, models
from odoo.exceptions import UserError


class EcomListing(models.Model):
    """What a person does with listings, one or many at once."""

    _inherit = "ecom.listing"

    @api.model
    def _publish_on(self, channels, templates, state="on"):
        """Have these products on these channels, in this state, from now on kept up by Odoo.

        A product that the channel has already is not made twice.

        :return: the listings
        """
        known = self.with_context(active_test=False).search(
            [("channel_id", "in", channels.ids), ("product_tmpl_id", "in", templates.ids)]
        )
        pairs = {(listing.channel_id, listing.product_tmpl_id) for listing in known}
        new = self.create(
            [
                {"channel_id": channel.id, "product_tmpl_id": template.id, "kept_up": True, "state": state}
                for channel in channels
                for template in templates
                if (channel, template) not in pairs
            ]
        )
        known.write({"kept_up": True, "state": state})
        return known | new

    def action_publish(self):
        """Put on sale, and keep the shop up to date from now on."""
        self.check_access("write")
        return self.write({"kept_up": True, "state": "on"})

    def action_pause(self):
        """Take off sale for now; the shop keeps the product."""
        self.check_access("write")
        self._check_kept_up()
        return self.write({"state": "off"})

    def action_update(self):
        """Look at them again now, those that the shop refused included."""
        self.check_access("write")
        self._check_kept_up()
        self.sudo().write({"retry_at": False})
        self.sudo()._note_change()
        return True

    def _check_kept_up(self):
        """:raise UserError: where the shop has the say: telling it one thing would mean telling it all from now on"""
        if loose := self.filtered(lambda listing: not listing.kept_up)[:1]:
            raise UserError(
                self.env._(
                    "“%(product)s” is not kept up by Odoo on %(channel)s: publish it first.",
                    product=loose.name,
                    channel=loose.channel_id.name,
                )
            )

    def action_send_all(self):
        """Tell the shop everything again, whatever it was told before."""
        self.check_access("write")
        self.sudo().write({"told": False, "kept_up": True})
        self.sudo().offer_ids.write({"told": False})
        return self.action_update()


class EcomChannel(models.Model):
    """How publishing fares, as the dashboard shows it."""

    _inherit = "ecom.channel"

    def _dashboard_figures(self):
        figures = super()._dashboard_figures()
        mine = [("channel_id", "in", self.ids)]
        kept_up = [*mine, ("kept_up", "=", True)]
        for channel, count, refused in self.env["ecom.listing"]._read_group(
            kept_up, ["channel_id"], ["__count", "refusal:count"]
        ):
            figures[channel.id] |= {"kept_up": count, "refused": refused}
        for channel, count in self.env["ecom.listing.change"].sudo()._read_group(mine, ["channel_id"], ["__count"]):
            figures[channel.id]["changes"] = count
        return figures

    def _flow_states(self, figure):
        states = super()._flow_states(figure)
        if not figure.get("kept_up"):
            return [state for state in states if state["flow"] != "listings"]
        return states

    def _flow_state_listings(self, figure):
        if refused := figure.get("refused"):
            return "late", self.env._("%(count)s products were refused by the shop.", count=refused)
        if figure.get("changes"):
            return "busy", self.env._("Changes are on their way.")
        return "ok", self.env._("Works. %(count)s products are kept up to date.", count=figure.get("kept_up", 0))


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("listing_refused", "Product not taken by the shop")], ondelete={"listing_refused": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        for issue in self.filtered(lambda issue: issue.code == "listing_refused"):
            issue.remedy = self.env._("Tell the shop again")
        return result

    def _fix_listing_refused(self, same):
        listings = self.env["ecom.listing"].browse(
            [issue.data["listing"] for issue in same if issue.data.get("listing")]
        )
        listings.exists().action_update()


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ecom_listing_ids = fields.One2many("ecom.listing", "product_tmpl_id")

    def action_ecom_publish(self):
        """Choose where these products are to be sold."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish on Shops"),
            "res_model": "ecom.listing.publish",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": "product.template", "active_ids": self.ids},
        }
