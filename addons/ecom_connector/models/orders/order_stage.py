import logging
from dataclasses import dataclass, field, replace

from odoo import api, models

from ...decisions.values import naive
from ...platforms.documents import OrderState
from ...platforms.values import digest
from ..wording import in_words

_logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Parsed:
    """The documents that one batch of orders is settled by, for all its steps; they go in its context."""

    documents: dict = field(default_factory=dict)  # {(order id, digest of the raw order): OrderDocument}


class EcomOrder(models.Model):
    """Staging: what was fetched becomes ``ecom.order`` rows, each order once and only ever newer."""

    _inherit = "ecom.order"

    @api.model
    def _stage(self, channel, raws, refunds):
        """Keep raw orders: new ones are created, newer ones replace what is known, older ones are dropped.

        Times are compared first; with equal times and another content, the latest fetch wins.

        :param refunds: raw refunds by order id, of those orders that do not tell them in full
        :return: ``{external id: order}`` of all that were given
        """
        platform = channel._platform_class()
        latest = {}
        for raw in raws:
            external_id, changed_at = platform.order_version(raw)
            if external_id not in latest or changed_at >= latest[external_id][0]:
                latest[external_id] = (changed_at, raw)
        known = {
            order.external_id: order
            for order in self.search([("channel_id", "=", channel.id), ("external_id", "in", list(latest))])
        }
        new, broken = [], []
        documents = {}
        for external_id, (changed_at, raw) in latest.items():
            order, fingerprint = known.get(external_id, self), digest(raw)
            if order and (order.digest == fingerprint or (order.changed_at and order.changed_at > naive(changed_at))):
                continue
            values = {
                "payload": raw,
                "digest": fingerprint,
                "changed_at": naive(changed_at),
                "state": "received",
            }
            try:
                document = self._parse(channel, raw)
            except ValueError as error:
                broken.append((external_id, in_words(self.env, error)))
                values |= {"state": "blocked"}
            else:
                documents[external_id] = document
                values |= self._prepare_staged_vals(document)
            if order:
                order.write(values)
            else:
                new.append(values | {"channel_id": channel.id, "external_id": external_id})
        known |= {order.external_id: order for order in self.create(new)}
        self._stage_lines(known, documents)
        self._stage_refunds(channel, known, documents, refunds)
        self._stage_returns(known, documents)
        for external_id, error in broken:
            order = known[external_id]
            self.env["ecom.issue"]._raise(
                channel,
                "unreadable",
                order=order,
                message=self.env._(
                    "The order %(id)s cannot be read: %(error)s. Correct it on the shop, or tell whoever runs it.",
                    id=external_id,
                    error=error,
                ),
            )
        return known

    @api.model
    def _parse_all(self, channel, raws):
        """The documents of those raws that can be read; the others are told when they are staged."""
        platform = channel._platform_class()
        documents = []
        for raw in raws:
            try:
                documents.append(platform.parse_order(raw))
            except ValueError:
                _logger.info("Channel %s: an order could not be read", channel.id)
        return documents

    @api.model
    def _prepare_staged_vals(self, document):
        """The searchable columns of an order."""
        pickup = document.pickup_point
        return {
            "number": document.number,
            "shop_state": document.vendor_state,
            "awaits_payment": document.state == OrderState.PENDING,
            "ordered_at": naive(document.created_at),
            "paid_at": naive(document.paid_at),
            "customer_name": document.customer.name or document.billing.name or document.billing.company,
            "email": (document.customer.email or document.billing.email).lower() or False,
            "phone": self._normalised_phone(document) or False,
            "currency_code": document.currency,
            "amount_total": float(document.total),
            "amount_tax": float(document.total_tax),
            "payment_method": ", ".join(payment.title or payment.method for payment in document.payments) or False,
            "coupons": ", ".join(coupon.code for coupon in document.coupons) or False,
            "note": document.note or False,
            "gift_message": document.gift_message or False,
            "pickup_point": ", ".join(filter(None, (pickup.name, pickup.id))) if pickup else False,
            "url": document.url or False,
        }

    @api.model
    def _normalised_phone(self, document):
        number = document.customer.phone or document.billing.phone or document.shipping.phone
        if not number:
            return ""
        country = self.env["ecom.customer"]._country(document.billing.country)
        return (
            self.env["res.partner"]._phone_format(number=number, country=country or self.env.company.country_id)
            or number
        )

    @api.model
    def _stage_lines(self, orders, documents):
        """Create and update the lines of these orders; one that the shop took out is kept and marked."""
        Line = self.env["ecom.order.line"]
        touched = self.browse([orders[external_id].id for external_id in documents])
        known = {
            (line.order_id, line.kind, line.external_id): line
            for line in Line.search([("order_id", "in", touched.ids)])
        }
        new, present = [], set()
        for external_id, document in documents.items():
            order = orders[external_id]
            for line in document.lines:
                key = (order, line.kind.value, line.external_id)
                present.add(key)
                values = {
                    "name": line.name,
                    "sku": line.sku or False,
                    "quantity": float(line.quantity),
                    "amount_net": float(line.net),
                    "amount_tax": float(line.tax),
                    "removed": False,
                }
                if key in known:
                    known[key].write(values)
                else:
                    new.append(
                        values | {"order_id": order.id, "kind": line.kind.value, "external_id": line.external_id}
                    )
        Line.create(new)
        gone = Line.browse([line.id for key, line in known.items() if key not in present])
        gone.filtered(lambda line: not line.removed).write({"removed": True, "quantity": 0})

    @api.model
    def _stage_refunds(self, channel, orders, documents, raw_refunds):
        """Keep the refunds that orders name, with their lines where they were told."""
        Refund = self.env["ecom.order.refund"]
        platform = channel._platform_class()
        seen = {}
        for external_id, document in documents.items():
            for refund in document.refunds:
                seen[orders[external_id], refund.external_id] = (refund, document.refunds_complete)
            for raw in raw_refunds.get(external_id, []):
                refund = platform.parse_refund(raw)
                seen[orders[external_id], refund.external_id] = (refund, True)
        if not seen:
            return
        known = {
            (refund.order_id, refund.external_id): refund
            for refund in Refund.search([("order_id", "in", list({order.id for order, _id in seen}))])
        }
        new = []
        for (order, refund_id), (refund, complete) in seen.items():
            values = {"amount": float(refund.amount), "reason": refund.reason or False}
            if refund.key:
                values["key"] = refund.key
            if refund.return_id:
                values["return_ref"] = refund.return_id
            if complete:
                values |= {
                    "refunded_at": naive(refund.created_at),
                    "lines": [
                        {
                            "line_id": line.line_id,
                            "quantity": float(line.quantity),
                            "net": float(line.net),
                            "tax": float(line.tax),
                        }
                        for line in refund.lines
                    ],
                }
            if (order, refund_id) in known:
                known[order, refund_id].write(values)
            else:
                new.append(values | {"order_id": order.id, "external_id": refund_id})
        Refund.create(new)

    @api.model
    def _mark_gone(self, channel, external_ids):
        """Orders that the shop deleted: what is known of them is kept, and they are handled as cancelled."""
        orders = self.search(
            [
                ("channel_id", "=", channel.id),
                ("external_id", "in", external_ids),
                ("shop_state", "!=", "deleted"),
            ]
        )
        orders.write({"shop_state": "deleted", "state": "received"})

    def _document(self):
        """The canonical document of the newest version; parsed once where the steps of a batch share ``Parsed``.

        :raise ValueError: when the raw payload is gone or cannot be read
        """
        self.ensure_one()
        parsed = self.env.context.get("ecom_parsed")
        version = (self.id, self.digest)
        if parsed and version in parsed.documents:
            return parsed.documents[version]
        raw = self.payload
        if not raw:
            raise ValueError(self.env._("the raw data was removed"))
        document = self._parse(self.channel_id, raw)
        if parsed:
            parsed.documents[version] = document
        return document

    def _documents(self):
        """``{order: document}`` with a deleted order's state told as cancelled."""
        documents = {}
        for order in self:
            document = order._document()
            if order.shop_state == "deleted":
                document = replace(document, state=OrderState.CANCELLED)
            documents[order] = document
        return documents
