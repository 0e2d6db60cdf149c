import json

from odoo import api, fields, models


class EcomShipment(models.Model):
    """What the shop is told about one delivery: what left, in which parcels, and whether it knows."""

    _name = "ecom.shipment"
    _description = "Shop Shipment"
    _order = "id desc"
    _rec_name = "picking_id"

    order_id = fields.Many2one("ecom.order", required=True, ondelete="cascade", index=True)
    channel_id = fields.Many2one(related="order_id.channel_id", store=True, index=True)
    picking_id = fields.Many2one("stock.picking", string="Delivery", required=True, ondelete="cascade", index=True)
    tracking = fields.Char(related="picking_id.carrier_tracking_ref")
    told_at = fields.Datetime(string="Shop Told on")
    customer_told = fields.Boolean(
        help="The shop was asked to write to the customer; it is asked again only when the numbers change."
    )
    told_numbers = fields.Char(help="The tracking numbers that the customer was told last.")
    command_ids = fields.One2many("ecom.command", "shipment_id")

    _picking_unique = models.Constraint("UNIQUE(picking_id)", "A delivery is told once.")

    @api.model
    def _for_pickings(self, pickings):
        """The shipments of these deliveries, made where they are missing."""
        known = self.search([("picking_id", "in", pickings.ids)])
        orders = (pickings - known.picking_id)._shipped_for()
        return known | self.create(
            [{"picking_id": picking.id, "order_id": order.id} for picking, order in orders.items()]
        )

    def _tell(self):
        """Write a message to the shop for each shipment, unless one that was not sent yet will say it."""
        waiting = self.command_ids.filtered(lambda command: command.state == "pending" and not command.payload)
        silent = self - waiting.shipment_id
        self.env["ecom.command"].create(
            [
                {
                    "channel_id": shipment.channel_id.id,
                    "order_id": shipment.order_id.id,
                    "shipment_id": shipment.id,
                    "kind": "shipment",
                    "key": f"shipment:{shipment.picking_id.id}:{len(shipment.command_ids) + 1}",
                }
                for shipment in silent
            ]
        )
        for channel in silent.channel_id:
            channel._wake("commands")

    def _told(self, command):
        """Remember what the shop knows by now."""
        if not self or command.state != "done":
            return
        values = {"told_at": command.sent_at}
        if command.payload and command.payload["notify"]:
            numbers = [parcel["number"] for parcel in command.payload["parcels"]]
            values |= {"customer_told": True, "told_numbers": ",".join(numbers)}
        self.write(values)

    # === WHAT IS SAID === #

    def _prepare_payload(self):
        """The frozen figures of a ``ShipmentDocument``."""
        self.ensure_one()
        picking = self.picking_id
        parcels = self._parcels()
        numbers = {parcel["number"] for parcel in parcels}
        told = set((self.told_numbers or "").split(",")) if self.told_numbers else numbers
        corrects = not told <= numbers
        order_pickings = self.order_id.sale_order_ids.picking_ids.filtered(
            lambda other: other.picking_type_code == "outgoing" and other.state != "cancel"
        )
        return {
            "order": self.order_id.external_id,
            "key": f"picking-{picking.id}",
            "quantities": self._quantities(),
            "parcels": parcels,
            "lots": self._lots(),
            "complete": all(other.state == "done" for other in order_pickings),
            "notify": self.channel_id.notify_policy == "shop"
            and bool(parcels)
            and (not self.customer_told or told != numbers),
            "known": bool(self.told_at),
            "corrects": corrects,
            "message": self._message(parcels, corrects),
        }

    def _message(self, parcels, corrects):
        """What the shop tells the customer, in the customer's language."""
        env, number = self.with_context(lang=self.picking_id.partner_id.lang).env, self.order_id.number
        lines = [
            env._("The tracking number of your order %(number)s has been corrected:", number=number)
            if corrects
            else env._("Your order %(number)s has been shipped.", number=number)
        ]
        lines += [" ".join(filter(None, (parcel["carrier"], parcel["number"], parcel["url"]))) for parcel in parcels]
        if not corrects:
            lines += self._lot_lines(env)
        return "\n".join(lines)

    def _lot_lines(self, env):
        """The serials and lots of each product, as the customer reads them."""
        names = {}
        for line in self.with_env(env)._lot_move_lines():
            names.setdefault(line.product_id, {})[line.lot_id.name] = None
        return [
            env._("%(product)s, serial number: %(names)s", product=product.name, names=", ".join(found))
            if product.tracking == "serial"
            else env._("%(product)s, lot: %(names)s", product=product.name, names=", ".join(found))
            for product, found in names.items()
        ]

    def _lot_move_lines(self):
        """What left of the shop's lines, by lot or serial."""
        return self.picking_id.move_ids.move_line_ids.filtered(
            lambda line: line.state == "done" and line.lot_id and line.move_id.sale_line_id.ecom_line_id
        )

    def _lots(self):
        """The lots and serials that left, by line of the order."""
        found = {}
        for line in self._lot_move_lines():
            key = (line.move_id.sale_line_id.ecom_line_id.external_id, line.lot_id)
            if key in found:
                found[key]["quantity"] += line.quantity_product_uom
            else:
                found[key] = self._prepare_lot(line) | {"line": key[0]}
        return list(found.values())

    def _prepare_lot(self, line):
        """What the shop is told of a lot; modules that know when it expires say so."""
        return {
            "name": line.lot_id.name,
            "quantity": line.quantity_product_uom,
            "serial": line.product_id.tracking == "serial",
            "expires": "",
        }

    def _quantities(self):
        """What left of each line, in the pieces that the shop sold: a pack of six is one."""
        quantities = {}
        for move in self.picking_id.move_ids.filtered(lambda move: move.state == "done"):
            line = move.sale_line_id.ecom_line_id
            if line:
                pieces = move.product_uom._compute_quantity(move.quantity, move.sale_line_id.product_uom_id)
                quantities[line.external_id] = quantities.get(line.external_id, 0.0) + pieces
        return sorted(quantities.items())

    def _parcels(self):
        """One for each tracking number; several are joined by commas or line breaks in one field."""
        picking = self.picking_id
        numbers = (picking.carrier_tracking_ref or "").replace("\n", ",").replace(";", ",").split(",")
        mapping = self.channel_id.mapping_carrier_ids.filtered(lambda row: row.carrier_id == picking.carrier_id)[:1]
        carrier = mapping.shop_carrier or self._carrier_name()
        links = self._tracking_links()
        return [
            {
                "number": number,
                "carrier": carrier,
                "url": links.get(number, links.get("", "")),
                "shipped_at": fields.Datetime.to_string(picking.date_done or fields.Datetime.now()),
            }
            for number in dict.fromkeys(number.strip() for number in numbers)
            if number
        ]

    def _carrier_name(self):
        """What the shop calls the delivery where no carrier of ours stands for it, else the carrier's name."""
        carrier = self.picking_id.carrier_id
        if carrier == self.channel_id.default_carrier_id:
            chosen = self.order_id.line_ids.filtered(lambda line: line.kind == "shipping")[:1].name
            return chosen or carrier.name or ""
        return carrier.name or ""

    def _tracking_links(self):
        """``{tracking number: link}``; the link of a single parcel is under the empty text."""
        url = self.picking_id.carrier_tracking_url
        if not url:
            return {}
        try:
            return dict(json.loads(url))
        except ValueError:
            return {"": url}
