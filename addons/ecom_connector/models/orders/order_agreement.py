from odoo import fields, models

from ...decisions import changes
from ...decisions.changes import Who
from ...platforms.documents import AddressDocument, LineKind


class EcomOrder(models.Model):
    """What the shop and Odoo last agreed on about an order, so that it is known who changed something since.

    ``agreed`` holds ``parts`` (see ``decisions.changes``) in the shop's words, and ``anchors``: the contact and the
    products that stood for them in Odoo then. While an anchor is still what the sales order names, Odoo says the same
    as it said then, whatever became of the contact or the product since. Addresses are kept as fingerprints only.
    """

    _inherit = "ecom.order"

    agreed = fields.Json(prefetch=False, copy=False, groups="ecom_connector.group_manager")

    # === THE TWO SIDES === #

    def _theirs(self, document):
        """What the shop says. A line that it took out has the quantity zero."""
        parts = {changes.quantity_of(line._part_key()): changes.NONE for line in self.line_ids}
        for line in document.lines:
            key = f"{line.kind.value}:{line.external_id}"
            parts[changes.quantity_of(key)] = changes.number(float(self._quantity(line)))
            code = line.kind == LineKind.PRODUCT and self._product_code(line)
            if code:
                parts[changes.product_of(key)] = code
        if address := document.shipping or document.billing:
            pickup = document.pickup_point.id if document.pickup_point else ""
            parts["address"] = self._place(address, pickup)
        return parts

    def _ours(self):
        """``(parts, anchors)``: what the sales orders say, in the shop's words as far as it has any for it."""
        parts, anchors = {}, {}
        for line in self.line_ids:
            sold = line._sold()
            if not sold:
                continue
            key = line._part_key()
            parts[changes.quantity_of(key)] = changes.number(
                sum(sold.mapped("product_uom_qty")) + line.quantity_cancelled
            )
            if line.kind == "product":
                anchors[changes.product_of(key)] = line._current_line().product_id.id
        if self.sale_order_id.partner_shipping_id:
            anchors["address"] = self.sale_order_id.partner_shipping_id.id
        known = self.sudo().agreed or {}
        strangers = {
            part: anchor
            for part, anchor in anchors.items()
            if part in known.get("parts", {}) and known["anchors"].get(part) != anchor
        }
        parts |= {part: known["parts"][part] for part in anchors if part in known.get("parts", {})}
        parts |= self._in_shops_words(strangers)
        return parts, anchors

    def _in_shops_words(self, anchors):
        """What the shop calls a contact or a product that it did not name itself."""
        product_ids = [anchor for part, anchor in anchors.items() if part != "address"]
        offers = {}
        if product_ids:
            domain = [("channel_id", "=", self.channel_id.id), ("product_id", "in", product_ids)]
            for offer in self.env["ecom.offer"].sudo().search(domain, order="id desc"):
                offers[offer.product_id.id] = f"{offer.listing_id.external_id}/{offer.external_id or ''}"
        words = {}
        for part, anchor in anchors.items():
            if part == "address":
                partner = self.env["res.partner"].browse(anchor)
                words[part] = self._place(partner._ecom_address(), "")
            else:
                words[part] = offers.get(anchor, f"odoo:{anchor}")
        return words

    @staticmethod
    def _place(address, pickup):
        recipient = ", ".join(filter(None, (address.company, address.name)))
        return changes.place(
            recipient, address.street, address.street2, address.zip, address.city, address.country, pickup
        )

    @staticmethod
    def _product_code(line):
        """The shop's name for what is sold, the same as long as it is the same; a deleted product has none."""
        if line.product_id:
            return f"{line.product_id}/{line.variant_id}"
        return f"sku:{line.sku}" if line.sku else ""

    # === COMPARING === #

    def _compare(self, document):
        """``{part: Who}`` of what the two sides say differently now."""
        self.ensure_one()
        theirs = self._theirs(document)
        known = (self.agreed or {}).get("parts")
        if known:
            # A product that the shop never sold on this channel is matched before it is compared.
            renamed = [
                line
                for line in document.lines
                if line.kind == LineKind.PRODUCT
                and known.get(changes.product_of(f"{line.kind.value}:{line.external_id}"), "")
                != self._product_code(line)
            ]
            if renamed:
                self.env["ecom.offer"]._resolve(self.channel_id, renamed)
        ours, _anchors = self._ours()
        return changes.compare(known, ours, theirs)

    def _agree(self, document, parts=None, accepted=()):
        """Remember that both sides say the same about ``parts``, or about all that they say the same about.

        :param accepted: parts where the shop's word is known and accepted although Odoo says something else
        """
        for order in self:
            theirs = order._theirs(document)
            ours, anchors = order._ours()
            known = order.agreed or {"parts": {}, "anchors": {}}
            if parts is None:
                differing = changes.compare(known["parts"], ours, theirs) if order.agreed else ()
                same = [part for part in theirs if part not in differing]
            else:
                same = list(parts)
            agreed = changes.agree(known["parts"], theirs, (*same, *accepted))
            kept = known["anchors"] | {part: anchors[part] for part in same if part in anchors}
            kept = {part: anchor for part, anchor in kept.items() if part not in accepted}
            new = {"parts": agreed, "anchors": kept}
            if new != order.agreed:
                order.agreed = new

    def _unsaid(self):
        """The parts of which Odoo says something else than what is agreed: the shop has to be told."""
        self.ensure_one()
        agreed = (self.sudo().agreed or {}).get("parts")
        if not agreed:
            return []
        ours, _anchors = self._ours()
        return [part for part, who in changes.compare(agreed, ours, agreed).items() if who in (Who.ODOO, Who.BOTH)]


class EcomOrderLine(models.Model):
    _inherit = "ecom.order.line"

    def _part_key(self):
        return f"{self.kind}:{self.external_id}"

    def _sold(self):
        """The lines of sales orders that stand for this one: several after another variant took its place."""
        return self.sale_line_ids

    def _current_line(self):
        """The one of them that is to be delivered."""
        return self._sold().sorted(lambda line: (line.product_uom_qty > 0, line.id))[-1:]

    def _current_lines(self):
        """Of each line the one that is to be delivered."""
        return self.env["sale.order.line"].concat(*(line._current_line() for line in self))


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _ecom_address(self):
        """The contact as an address of the shop's orders."""
        self.ensure_one()
        company, name = "", self.name or ""
        if self.is_company:
            company, name = name, ""
        elif company := self.company_name or (self.parent_id.is_company and self.parent_id.name) or "":
            name = "" if name == company else name.removeprefix(f"{company}, ")
        return AddressDocument(
            name=name,
            company=company,
            street=self.street or "",
            street2=self.street2 or "",
            city=self.city or "",
            zip=self.zip or "",
            state=self.state_id.code or "",
            country=self.country_id.code or "",
            phone=self.phone or "",
        )
