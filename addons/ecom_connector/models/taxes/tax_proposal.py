from typing import NamedTuple

from odoo import api, models

from ...decisions.taxation import Treatment
from ...platforms.documents import LineKind
from ..orders.order_prepare import Lookups

RECENT_ORDERS = 200
"""How many of the newest orders show what the shop's taxes are used for."""


class Proposal(NamedTuple):
    """What a tax of the shop would be in Odoo. ``state`` is found, archived, ambiguous or missing."""

    state: str
    taxes: models.BaseModel
    reason: str


class EcomTaxMapping(models.Model):
    """Proposals for a person: which of our taxes a shop's rate would be, and why, or why there is none."""

    _inherit = "ecom.tax.mapping"

    @api.model
    def _propose(self, channel, wanted, included):
        """A proposal for each key, in a constant number of look-ups.

        :param wanted: ``{TaxKey: TaxSummary}``
        :param included: whether the shop's prices include tax
        :return: ``{TaxKey: Proposal}``
        """
        everything = self.with_context(active_test=False)._candidates(channel, wanted)
        active = everything.filtered("active")
        return {
            key: self._propose_one(channel, key, summary, active, everything, included)
            for key, summary in wanted.items()
        }

    @api.model
    def _propose_one(self, channel, key, summary, active, everything, included):
        fitting = self._fitting(active, key, summary, included)
        if fitting:
            names = ", ".join(fitting.mapped("name"))
            if not self._are_alike(fitting):
                reason = self.env._("Several fit, and are booked otherwise: %(names)s. Choose one.", names=names)
                return Proposal("ambiguous", fitting, reason)
            if len(fitting) > 1:
                reason = self.env._(
                    "Fits; booked and reported like %(names)s.", names=", ".join(fitting.mapped("name")[1:])
                )
            else:
                reason = self.env._("The only one that fits by rate, rule and kind.")
            return Proposal("found", fitting[:1], reason)
        archived = self._fitting(everything - active, key, summary, included)
        if archived and self._are_alike(archived):
            reason = self.env._("Fits, but is archived: it is activated when you confirm.")
            return Proposal("archived", archived[:1], reason)
        return Proposal("missing", active.browse(), self._why_missing(channel, key))

    @api.model
    def _why_missing(self, channel, key):
        rate = f"{key.rate:g}"
        if not self._may_create(key):
            return self.env._(
                "No tax of 0 %% stands for this. Choose the one of your VAT return; without it such orders go on, and "
                "you are asked once."
            )
        if key.treatment == Treatment.EU_CONSUMER and not self._oss_installed():
            return self.env._(
                "No tax of %(rate)s %% for %(country)s. Odoo's module “EU Intra-community Distance Selling” brings "
                "those of the OSS; or have one made.",
                rate=rate,
                country=key.country,
            )
        if key.treatment == Treatment.EU_CONSUMER:
            return self.env._(
                "No tax of %(rate)s %% for %(country)s. Have one made: it is booked and reported under OSS.",
                rate=rate,
                country=key.country,
            )
        pattern, _reported = self._pattern(channel, key)
        if not pattern:
            return self.env._("No tax of %(rate)s %% for this. Choose one, or have one made.", rate=rate)
        return self.env._(
            "No tax of %(rate)s %% for this. Choose one, or have one made, booked like “%(pattern)s”.",
            rate=rate,
            pattern=pattern.name,
        )

    # === WHAT THE SHOP'S ORDERS SHOW === #

    @api.model
    def _seen_in_orders(self, channel):
        """The taxes of the channel's newest orders.

        :return: ``({TaxKey: (TaxSummary, number of orders)}, whether most of them have prices with tax)``
        """
        Order = self.env["ecom.order"].sudo()
        orders = Order.search(
            [("channel_id", "=", channel.id), ("payload", "!=", False)], order="id desc", limit=RECENT_ORDERS
        )
        documents = []
        for order in orders:
            try:
                documents.append(order._document())
            except ValueError:
                continue  # told by an issue of its own
        lookups = Lookups(products=self._known_products(channel, documents))
        seen, included = {}, 0
        for document in documents:
            included += document.prices_include_tax
            found = {}
            for line in document.lines:
                for key, (summary, _amount) in Order._line_taxes(channel, document, line, lookups).items():
                    found[key] = summary
            for key, summary in found.items():
                seen[key] = (summary, seen.get(key, (summary, 0))[1] + 1)
        return seen, 2 * included > len(documents)

    @api.model
    def _known_products(self, channel, documents):
        """Products that lines are known to stand for, as far as they say whether a line is goods or a service."""
        lines = [line for document in documents for line in document.lines if line.kind == LineKind.PRODUCT]
        by_sku, _by_barcode = (
            self.env["ecom.offer"].sudo()._products_by_code(channel, {line.sku for line in lines}, set())
        )
        return {
            (line.product_id, line.variant_id, line.sku): by_sku[line.sku][:1] for line in lines if line.sku in by_sku
        }

    # === IN ONE GO === #

    @api.model
    def _apply(self, channel, chosen):
        """Write these mappings: those that exist are changed, the others created.

        :param chosen: ``{TaxKey: (label, account.tax)}``; no tax leaves a mapping that asks
        :return: the mappings
        """
        codes = list({key.code for key in chosen})
        found = self.search([("channel_id", "=", channel.id), ("code", "in", codes)])
        known = {mapping._key(): mapping for mapping in found}
        changed = self.browse()
        for key, (_label, tax) in chosen.items():
            if key in known and known[key].tax_id != tax:
                known[key].tax_id = tax
                changed |= known[key]
        changed |= self.create(
            [self._prepare_vals(channel, key, label, tax) for key, (label, tax) in chosen.items() if key not in known]
        )
        changed.sudo()._ask_for_mentions()
        return self.browse([mapping.id for key, mapping in known.items() if key in chosen]) | changed

    def _settle_questions(self):
        """Close the issues that asked for these mappings' taxes, and go on with the orders that wait for them.

        :return: the orders that go on
        """
        answered = {"/".join(map(str, mapping._key())) for mapping in self if mapping.tax_id}
        issues = (
            self.env["ecom.issue"]
            .sudo()
            .search(
                [
                    ("channel_id", "in", self.channel_id.ids),
                    ("code", "in", ("unknown_tax", "untaxed_sale")),
                    ("key", "in", list(answered)),
                    ("state", "=", "open"),
                ]
            )
        )
        issues._solve()
        waiting = issues.filtered("blocking").order_id.filtered(lambda order: order.state == "blocked")
        waiting.action_retry()
        return waiting
