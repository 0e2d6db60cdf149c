from datetime import timedelta

from odoo import api, fields, models

EXPIRY_DAYS = 30
COVER = ((7, "danger"), (30, "warning"), (90, "success"))
"""Upper ends of the ranges of cover, in days, and their colours; what lasts longer is slow."""


class EcomStockCockpit(models.AbstractModel):
    """No table: what the cockpit shows, counted as its reader may see it, in a constant number of statements."""

    _name = "ecom.stock.cockpit"
    _description = "Stock Cockpit"

    @api.model
    def get_figures(self):
        """``{"tiles": [...], "cover": {...}, "channels": {...}}``, ready to be shown in the user's language."""
        return {"tiles": self._tiles(), "cover": self._cover(), "channels": self._channels()}

    @api.model
    def _tiles(self):
        """What needs somebody, each with the screen where it is dealt with; what is dealt with is muted."""
        env, today = self.env, self.env.company._ecom_today()
        tiles = [
            self._tile(
                "oversold",
                env._("Oversold"),
                env._("orders that lack goods"),
                env["ecom.issue"].search_count([("code", "=", "oversold"), ("state", "=", "open")]),
                "danger",
                self._screen("ecom_connector.ecom_issue_action", [("code", "=", "oversold"), ("state", "=", "open")]),
            ),
            self._levels_tile("drifted", [("drift", "in", ("corrected", "missing"))], "warning"),
            self._levels_tile("refused", [("refusal", "!=", False)], "warning"),
            self._waiting_tile(),
            self._levels_tile("empty", [("quantity", "=", 0), ("keep_selling", "=", False)], "info"),
            self._replenishment_tile("out", [("stockout_on", "<=", today + timedelta(days=7))], "danger"),
            self._replenishment_tile("buy", [("advice", "=", "buy")], "warning"),
            self._replenishment_tile("slow", [("advice", "=", "slow")], "info"),
            self._expiring_tile(today),
            self._blocked_tile(),
        ]
        return [tile for tile in tiles if tile]

    @api.model
    def _tile(self, key, title, words, count, colour, action, note=""):
        return {
            "key": key,
            "title": title,
            "words": words,
            "count": count,
            "colour": colour if count else "muted",
            "note": note,
            "action": action,
        }

    @api.model
    def _screen(self, xml_id, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {
            "type": "ir.actions.act_window",
            "name": action["name"],
            "res_model": action["res_model"],
            "views": action["views"],
            "domain": domain,
            "help": action.get("help"),
        }

    @api.model
    def _counted_tile(self, model, key, texts, domain, colour):
        """How many records of a model there are, and the list of them."""
        count = self.env[model].search_count(domain)
        action = self._screen(f"ecom_stock_sync.{model.replace('.', '_')}_action", domain)
        return self._tile(key, *texts, count, colour, action)

    @api.model
    def _levels_tile(self, key, domain, colour):
        env = self.env
        titles = {
            "drifted": (env._("Drifted"), env._("offers that the shop shows otherwise")),
            "refused": (env._("Refused"), env._("quantities that a shop did not take")),
            "empty": (env._("Sold Out"), env._("offers with nothing to sell")),
        }
        return self._counted_tile("ecom.stock.level", key, titles[key], domain, colour)

    @api.model
    def _waiting_tile(self):
        """How far the shops are behind."""
        env = self.env
        domain = [("waiting", "=", True), ("channel_id.stock_push", "=", True)]
        Level = env["ecom.stock.level"]
        count = Level.search_count(domain)
        oldest = Level.search(domain, order="changed_at", limit=1).changed_at if count else False
        note = env._("the oldest change: %(age)s", age=env["ecom.channel"]._age(oldest)) if oldest else ""
        late = bool(oldest) and oldest < fields.Datetime.now() - timedelta(minutes=5)
        return self._tile(
            "waiting",
            env._("On the Way"),
            env._("changes that a shop is still to be told"),
            count,
            "warning" if late else "info",
            self._screen("ecom_stock_sync.ecom_stock_level_action", domain),
            note,
        )

    @api.model
    def _replenishment_tile(self, key, domain, colour):
        env = self.env
        if not env["ecom.replenishment"].has_access("read"):
            return None
        titles = {
            "out": (env._("Gone Within 7 Days"), env._("products, at the rate that they sell")),
            "buy": (env._("To Buy Now"), env._("products that a purchase now still saves")),
            "slow": (env._("Slow"), env._("products that last more than half a year")),
        }
        return self._counted_tile("ecom.replenishment", key, titles[key], domain, colour)

    @api.model
    def _expiring_tile(self, today):
        env = self.env
        domain = [
            ("expiration_date", "!=", False),
            ("expiration_date", "<=", today + timedelta(days=EXPIRY_DAYS)),
            ("quant_ids", "any", [("location_id.usage", "=", "internal"), ("quantity", ">", 0)]),
        ]
        return self._lots_tile("expiring", env._("Expiring"), env._("lots within 30 days"), domain, "warning")

    @api.model
    def _blocked_tile(self):
        env = self.env
        return self._lots_tile(
            "blocked", env._("Blocked"), env._("lots that nobody may be sold"), [("ecom_blocked", "=", True)], "danger"
        )

    @api.model
    def _lots_tile(self, key, title, words, domain, colour):
        count = self.env["stock.lot"].search_count(domain)
        return self._tile(key, title, words, count, colour, self._screen("stock.action_production_lot_form", domain))

    # === GRAPHS === #

    @api.model
    def _cover(self):
        """How many products last how long."""
        env = self.env
        if not env["ecom.replenishment"].has_access("read"):
            return False
        known = [("advice", "in", ("buy", "enough", "slow"))]
        counts, below = [], 0
        for days, _colour in COVER:
            up_to = env["ecom.replenishment"].search_count([*known, ("cover_days", "<=", days)])
            counts.append(up_to - below)
            below = up_to
        counts.append(env["ecom.replenishment"].search_count(known) - below)
        labels = [env._("up to %(days)s days", days=days) for days, _colour in COVER]
        return {
            "title": env._("Products by Days of Cover"),
            "labels": [*labels, env._("longer")],
            "values": counts,
            "colours": [*(colour for _days, colour in COVER), "info"],
        }

    @api.model
    def _channels(self):
        """Of each channel, how many offers have something to sell."""
        env = self.env
        groups = env["ecom.stock.level"]._read_group([], ["channel_id"], ["__count"])
        empty = dict(env["ecom.stock.level"]._read_group([("quantity", "=", 0)], ["channel_id"], ["__count"]))
        return {
            "title": env._("Offers by Channel"),
            "labels": [channel.name for channel, _count in groups],
            "values": [count - empty.get(channel, 0) for channel, count in groups],
            "empty": [empty.get(channel, 0) for channel, _count in groups],
            "legend": [env._("On sale"), env._("Sold out")],
        }
