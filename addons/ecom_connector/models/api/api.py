from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError

from ...platforms.base import ApiFacts

VERSION = "1"
MAX_ITEMS = 200


class EcomApi(models.AbstractModel):
    """What an external shop calls, over XML-RPC and ``/json/2`` alike: see ``docs/api.md``.

    Every method takes and returns plain values: texts, numbers, booleans, lists and objects, never ``None``; ids are
    texts. The caller's own record rules decide which channel it may name, before anything is done on its behalf.
    """

    _name = "ecom.api"
    _description = "Interface for External Shops"

    # === CALLED BY THE SHOP === #

    @api.model
    def ping(self):
        """Say that the key works, and which channels it may name."""
        self._check_caller()
        return {
            "version": VERSION,
            "time": self._now(),
            "user": self.env.user.login,
            "channels": self._visible_channels([]).mapped("code"),
        }

    @api.model
    def channel_info(self, channel):
        """What the shop should know of its channel, and how much of its work waits."""
        channel = self._channel(channel)
        counts = dict(
            channel.env["ecom.order"]._read_group(
                [("channel_id", "=", channel.id), ("state", "in", ("received", "blocked"))], ["state"], ["__count"]
            )
        )
        return {
            "version": VERSION,
            "time": self._now(),
            "code": channel.code,
            "name": channel.name,
            "state": channel.state,
            "environment": channel.environment,
            "currency": channel.company_id.currency_id.name,
            "warehouse": channel.warehouse_id.code,
            "orders_since": self._moment(channel.import_from),
            "max_items": MAX_ITEMS,
            "orders_received": counts.get("received", 0),
            "orders_blocked": counts.get("blocked", 0),
        }

    # === WHO CALLS, AND FOR WHICH CHANNEL === #

    @api.model
    def _check_caller(self):
        if not self.env.user.has_group("ecom_connector.group_api"):
            raise AccessError(self.env._("Only users with the role “External Shop (API)” may call this."))

    @api.model
    def _visible_channels(self, domain):
        """The channels that the caller's record rules let it see. It has no other access to our records."""
        rules = self.env["ir.rule"]._compute_domain("ecom.channel", "read")
        return self.env["ecom.channel"].sudo().search(fields.Domain(rules) & fields.Domain(domain))

    @api.model
    def _channel(self, code):
        """The channel that the caller names, ready to work with.

        :raise MissingError: the same, whether there is no such channel or it is somebody else's
        """
        self._check_caller()
        named = isinstance(code, str) and code and "\x00" not in code
        channel = self._visible_channels([("code", "=", code if named else False)])
        if not channel:
            raise MissingError(
                self.env._("There is no channel “%(code)s” for this user. ping says which there are.", code=code)
            )
        capabilities = channel._platform_class().capabilities
        if not capabilities.uses_api:
            raise UserError(
                self.env._("The channel “%(code)s” is read by Odoo itself: its shop does not call.", code=code)
            )
        if channel.state == "draft":
            raise UserError(
                self.env._("The channel “%(code)s” is not connected yet: press Connect on it in Odoo.", code=code)
            )
        return channel._work_env()

    # === WHAT GOES IN AND OUT === #

    @api.model
    def _items(self, items, name):
        """The items of a call, held to the limit."""
        if not isinstance(items, list):
            raise UserError(self.env._("%(name)s must be a list.", name=name))
        if len(items) > MAX_ITEMS:
            raise UserError(
                self.env._(
                    "%(name)s has %(count)s items, a call takes %(most)s at most.",
                    name=name,
                    count=len(items),
                    most=MAX_ITEMS,
                )
            )
        return items

    @api.model
    def _refs(self, refs, name):
        """The items of a call that are texts, such as references or SKUs."""
        for ref in self._items(refs, name):
            if not isinstance(ref, str) or not ref or "\x00" in ref:
                raise UserError(self.env._("%(name)s must be a list of texts.", name=name))
        return refs

    @api.model
    def _page(self, cursor, limit):
        """``(number after which to go on, rows at most)``. A cursor is a text that the call before returned."""
        if not isinstance(cursor, str) or (cursor and not (cursor.isdecimal() and cursor.isascii())):
            raise UserError(self.env._("cursor must be empty, or the text that the call before returned."))
        if isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit <= MAX_ITEMS:
            raise UserError(self.env._("limit must be a number from 1 to %(most)s.", most=MAX_ITEMS))
        return min(int(cursor or 0), 2**31 - 1), limit

    @api.model
    def _result(self, ref, status, record_id="", errors=(), **more):
        """What became of one item."""
        return {"ref": ref, "status": status, "id": str(record_id or ""), "errors": list(errors), **more}

    @api.model
    def _error(self, field, code, message, remedy):
        return {"field": field, "code": code, "message": message, "remedy": remedy}

    @api.model
    def _refused(self, raw, problems):
        """The result of an item that has these problems."""
        ref = raw.get("external_ref") if isinstance(raw, dict) else ""
        return self._result(
            ref[:64] if isinstance(ref, str) else "",
            "error",
            errors=[self._error(found.field, found.code, found.message, found.remedy) for found in problems],
        )

    @api.model
    def _facts(self):
        """What the items are held against, in two look-ups."""
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        return ApiFacts(
            currencies={
                currency.name: currency.decimal_places for currency in currencies.search_fetch([], ["name", "rounding"])
            },
            countries=frozenset(self.env["ecom.customer"].sudo()._country_ids()),
            now=fields.Datetime.now().replace(tzinfo=timezone.utc),
        )

    @api.model
    def _now(self):
        return self._moment(fields.Datetime.now())

    @api.model
    def _moment(self, moment):
        return f"{moment.replace(microsecond=0).isoformat()}Z" if moment else ""
