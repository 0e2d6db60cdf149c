import json
from collections import defaultdict
from datetime import datetime, timedelta

from babel.dates import format_date, format_timedelta
from markupsafe import Markup
from odoo import Command, api, fields, models
from odoo.tools import babel_locale_parse, get_lang

GRAPH_DAYS = 14
LATE_LOOK = timedelta(minutes=30)  # lanes look every five minutes: six missed looks are no accident
LATE_MESSAGE = timedelta(minutes=15)

# How a flow fares, and the colour that says so.
COLOURS = {
    "ok": "success",
    "busy": "info",
    "resting": "warning",
    "late": "warning",
    "failing": "danger",
    "idle": "secondary",
}


class EcomChannel(models.Model):
    """What the screens say about a channel: its card on the dashboard, its health and its smart buttons."""

    _inherit = "ecom.channel"

    kanban_dashboard = fields.Json(compute="_compute_kanban_dashboard", compute_sudo=True)
    kanban_dashboard_graph = fields.Text(compute="_compute_kanban_dashboard", compute_sudo=True)
    health = fields.Html(compute="_compute_health", compute_sudo=True, sanitize=False)
    order_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    issue_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    message_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    listing_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    has_webhooks = fields.Boolean(compute="_compute_capabilities")
    registers_webhooks = fields.Boolean(compute="_compute_capabilities", help="The shop is told to call, by itself.")
    has_custom_states = fields.Boolean(compute="_compute_capabilities")
    uses_api = fields.Boolean(compute="_compute_capabilities")
    reads_catalogue = fields.Boolean(compute="_compute_capabilities")
    webhook_address = fields.Char(
        compute="_compute_webhook_address",
        groups="base.group_system",
        help="Where the shop announces new and changed orders. It is registered on the shop by itself.",
    )

    # === COMPUTES === #

    @api.depends("state", "lane_errors", "not_before", "orders_polled_at")
    @api.depends_context("lang", "tz")
    def _compute_kanban_dashboard(self):
        figures = self._dashboard_figures()
        for channel in self:
            figure = figures[channel._origin.id]
            channel.kanban_dashboard = channel._prepare_card(figure)
            channel.kanban_dashboard_graph = json.dumps(channel._prepare_graph(figure))

    @api.depends("state", "lane_errors", "not_before", "orders_polled_at")
    @api.depends_context("lang", "tz")
    def _compute_health(self):
        figures = self._dashboard_figures()
        for channel in self:
            rows = [
                Markup(
                    '<tr><td class="pe-3 text-nowrap"><i class="fa fa-circle text-%s me-2"></i>'
                    "<b>%s</b></td><td>%s</td></tr>"
                )
                % (flow["colour"], flow["label"], flow["words"])
                for flow in channel._flow_states(figures[channel._origin.id])
            ]
            channel.health = Markup('<table class="table table-sm mb-0"><tbody>%s</tbody></table>') % Markup("").join(
                rows
            )

    def _compute_counts(self):
        orders = self._count_by_channel("ecom.order")
        issues = self._count_by_channel("ecom.issue", [("state", "=", "open")])
        messages = self._count_by_channel("ecom.command", [("state", "in", ("pending", "sending", "failed"))])
        listings = self._count_by_channel("ecom.listing")
        for channel in self:
            channel.order_count = orders.get(channel.id, 0)
            channel.issue_count = issues.get(channel.id, 0)
            channel.message_count = messages.get(channel.id, 0)
            channel.listing_count = listings.get(channel.id, 0)

    def _count_by_channel(self, model, domain=()):
        groups = self.env[model]._read_group([("channel_id", "in", self.ids), *domain], ["channel_id"], ["__count"])
        return {channel.id: count for channel, count in groups}

    @api.depends("platform")
    def _compute_capabilities(self):
        for channel in self:
            capabilities = channel._platform_class().capabilities
            channel.registers_webhooks = capabilities.webhooks
            channel.has_webhooks = capabilities.webhooks or capabilities.accepts_hooks
            channel.has_custom_states = capabilities.custom_states
            channel.uses_api = capabilities.uses_api
            channel.reads_catalogue = capabilities.reads_catalogue

    @api.depends("webhook_token")
    def _compute_webhook_address(self):
        for channel in self:
            channel.webhook_address = channel._webhook_address() if channel.id else False

    @api.onchange("platform")
    def _onchange_platform(self):
        """Ask for the platform's credentials as soon as it is chosen, before the channel is saved."""
        if not self.env.user.has_group("base.group_system"):
            return
        wanted = [field.key for field in self._platform_class().credential_fields]
        if self.credential_ids.mapped("key") != wanted:
            self.credential_ids = [Command.clear(), *(Command.create({"key": key}) for key in wanted)]

    # === FIGURES === #

    def _dashboard_figures(self):
        """What the cards count, for all channels in a constant number of statements.

        :return: ``{channel id: {"per_day": {date: orders}, "waiting": {order state: count}, "issues": count,
            "stopped": {flow}, "messages": count, "oldest_message": datetime or False, "attempts": most attempts}}``
        """
        figures = defaultdict(
            lambda: {
                "per_day": {},
                "waiting": {},
                "issues": 0,
                "stopped": set(),
                "messages": 0,
                "oldest_message": False,
                "attempts": 0,
            }
        )
        mine = [("channel_id", "in", self.ids)]
        Order, first = self.env["ecom.order"], self._first_day()
        since = datetime.combine(first, datetime.min.time()) - timedelta(days=1)  # it began before midnight in UTC
        for channel, day, count in Order.with_context(tz=self.env.tz.zone)._read_group(
            [*mine, ("ordered_at", ">=", since)], ["channel_id", "ordered_at:day"], ["__count"]
        ):
            if day.date() >= first:
                figures[channel.id]["per_day"][day.date()] = count
        for channel, state, count in Order._read_group(
            [*mine, ("state", "in", ("received", "blocked"))], ["channel_id", "state"], ["__count"]
        ):
            figures[channel.id]["waiting"][state] = count
        open_issues = [*mine, ("state", "=", "open")]
        for channel, count in self.env["ecom.issue"]._read_group(open_issues, ["channel_id"], ["__count"]):
            figures[channel.id]["issues"] = count
        for channel, flow in self.env["ecom.issue"]._read_group(
            [*open_issues, ("code", "=", "lane_failed")], ["channel_id", "key"]
        ):
            figures[channel.id]["stopped"].add(flow)
        for channel, count, oldest, attempts in self.env["ecom.command"]._read_group(
            [*mine, ("state", "in", ("pending", "sending"))],
            ["channel_id"],
            ["__count", "create_date:min", "attempts:max"],
        ):
            figures[channel.id] |= {"messages": count, "oldest_message": oldest, "attempts": attempts or 0}
        return figures

    def _first_day(self):
        return fields.Date.context_today(self) - timedelta(days=GRAPH_DAYS - 1)

    def _prepare_card(self, figure):
        """The words and numbers of a card, ready to be shown."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        return {
            "flows": self._flow_states(figure),
            "issues": figure["issues"],
            "orders_today": figure["per_day"].get(today, 0),
            "orders_received": figure["waiting"].get("received", 0),
            "orders_blocked": figure["waiting"].get("blocked", 0),
            "messages": figure["messages"],
            "oldest_message": self._age(figure["oldest_message"]),
            "message_late": self._is_late(figure["oldest_message"], LATE_MESSAGE),
            "last_event": self._age(self.last_event_at),
            "last_look": self._age(self.orders_polled_at),
            "reading": bool(self.orders_cursor) and self.state == "connected",
            "error": self.last_error or "",
            "failing": self._age(self.failing_since),
            "has_orders": any(figure["per_day"].values()),
        }

    def _prepare_graph(self, figure):
        """Orders of each of the last days, as the ``dashboard_graph`` widget reads them."""
        days = [self._first_day() + timedelta(days=offset) for offset in range(GRAPH_DAYS)]
        values = [
            {
                "label": str(day.day),
                "value": figure["per_day"].get(day, 0),
                "type": "future" if day == days[-1] else "past",
            }
            for day in days
        ]
        return [{"key": self.env._("Orders"), "values": values, "is_sample_data": False}]

    # === HOW EACH FLOW FARES, IN WORDS === #

    def _flow_states(self, figure):
        """One entry for each flow: how it fares, the colour of its dot and a sentence."""
        states = []
        flows = self._flows()
        for flow in sorted(flows, key=flows.get, reverse=True):
            kind, words = self._flow_state(flow, figure)
            states.append(
                {"flow": flow, "label": self._flow_label(flow), "kind": kind, "colour": COLOURS[kind], "words": words}
            )
        return states

    def _flow_label(self, flow):
        return {"orders": self.env._("Orders"), "commands": self.env._("Messages")}.get(flow, flow.capitalize())

    def _flow_state(self, flow, figure):
        env = self.env
        if self.state == "draft":
            return "idle", env._("Not connected yet.")
        if self.state == "paused":
            return "idle", env._("Paused: nothing is read or sent.")
        if flow in figure["stopped"]:
            return "failing", env._("Stopped by an error. See the issues.")
        if self.not_before and self.not_before > fields.Datetime.now():
            return "resting", env._(
                "Resting until %(time)s: the shop asked for a pause.", time=self._at(self.not_before)
            )
        if failure := (self.lane_errors or {}).get(flow):
            return "failing", env._(
                "Failing since %(time)s: %(error)s",
                time=self._at(fields.Datetime.to_datetime(failure["since"])),
                error=failure["error"],
            )
        special = getattr(self, f"_flow_state_{flow}", None)
        return special(figure) if special else ("ok", env._("Works."))

    def _flow_state_orders(self, _figure):
        env = self.env
        if self.uses_api:
            return "ok", env._("Works. The shop brings its orders itself.")
        if self.orders_cursor:
            return "busy", env._("Reading orders, page by page.")
        if not self.orders_polled_at:
            return "busy", env._("The first look is about to begin.")
        if self._is_late(self.orders_polled_at, LATE_LOOK):
            return "late", env._(
                "No full look since %(age)s. Are Odoo's scheduled actions running?",
                age=self._age(self.orders_polled_at),
            )
        return "ok", env._("Works. Last full look %(age)s.", age=self._age(self.orders_polled_at))

    def _flow_state_commands(self, figure):
        env = self.env
        if not figure["messages"]:
            if self.uses_api:
                return "ok", env._("Works. Everything is ready for the shop to fetch.")
            return "ok", env._("Works. The shop knows everything.")
        if figure["attempts"]:
            return "late", env._(
                "The shop did not take a message at once: it is sent again. The oldest was written %(age)s.",
                age=self._age(figure["oldest_message"]),
            )
        if self._is_late(figure["oldest_message"], LATE_MESSAGE):
            return "late", env._(
                "The oldest unsent message was written %(age)s. Are Odoo's scheduled actions running?",
                age=self._age(figure["oldest_message"]),
            )
        return "ok", env._("%(count)s on the way to the shop.", count=figure["messages"])

    def _is_late(self, moment, patience):
        return bool(moment) and moment < fields.Datetime.now() - patience

    def _age(self, moment):
        """“3 min ago”, in the user's language; an empty text for no moment."""
        if not moment:
            return ""
        locale = babel_locale_parse(get_lang(self.env).code)
        elapsed = max(fields.Datetime.now() - moment, timedelta(seconds=1))
        return format_timedelta(-elapsed, add_direction=True, format="short", locale=locale)

    def _at(self, moment):
        """A moment in the user's time zone and language, without seconds; the day only when it is not today."""
        local = fields.Datetime.context_timestamp(self, moment)
        lang = get_lang(self.env)
        time = local.strftime(lang.time_format).replace(local.strftime(":%S"), "", 1)
        if local.date() == fields.Date.context_today(self):
            return time
        return f"{format_date(local.date(), 'd MMM', locale=babel_locale_parse(lang.code))} {time}"

    # === BUTTONS === #

    def action_open_orders(self):
        return self._open_screen("ecom_order_action")

    def action_open_issues(self):
        return self._open_screen("ecom_issue_desk_action", search_default_group_code=1)

    def action_open_messages(self):
        return self._open_screen("ecom_command_action", search_default_unsent=1)

    def action_open_events(self):
        return self._open_screen("ecom_event_action")

    def action_open_listings(self):
        return self._open_screen("ecom_listing_action")

    def _open_screen(self, name, **context):
        """A screen of the app for this channel only; filters in the caller's context are kept."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"ecom_connector.{name}")
        asked = {key: value for key, value in self.env.context.items() if key.startswith("search_default_")}
        action["context"] = (
            context
            | asked
            | {
                "search_default_channel_id": [self.id],
                "default_channel_id": self.id,
            }
        )
        return action
