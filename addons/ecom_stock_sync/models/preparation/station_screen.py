from odoo import models
from odoo.tools.misc import format_date


class EcomStation(models.AbstractModel):
    """What the station's page shows and says."""

    _inherit = "ecom.station"

    def _next_words(self, parcel):
        """What is to be done next, as it is said aloud."""
        step, env = parcel._step(), self.env
        count, number = parcel._parcel_count(), len(parcel._numbers()) + 1
        if step == "items":
            left = sum(line.room for line in parcel._lines() if line.room > 0)
            if left:
                return env._("%(count)s to scan.", count=parcel._number(left))
            return env._("The rest is not in stock: F2 ships what is there.")
        return {
            "carrier": env._("Which carrier? Type its number."),
            "missing": env._("Enter ships what is there, a scan goes on."),
            "weight": env._("Weigh parcel %(number)s.", number=count) if count > 1 else env._("Weigh the parcel."),
            "label": env._("Enter buys the label."),
            "tracking": env._("Scan the tracking number of parcel %(number)s.", number=number)
            if count > 1 and number <= count
            else env._("Scan the tracking number."),
            "ship": env._("Enter, and it lies ready.")
            if parcel.picking_id.ecom_collect_state
            else env._("Enter ships it."),
        }[step]

    def _answer(self, parcel, words="", tone="", prints=None, action=None):
        """What the page shows and says; ``prints`` is a parcel whose label is to be printed."""
        return {
            "words": words,
            "tone": tone,
            "parcel": self._describe(parcel) if parcel else False,
            "batches": [] if parcel else self._describe_batches(),
            "prints": self._files(prints) if prints else [],
            "action": action or False,
        }

    def _describe(self, parcel):
        picking = parcel.picking_id
        carrier = picking.sudo().carrier_id
        return {
            "id": parcel.id,
            "delivery": picking.name,
            "number": self._number_of(picking),
            "channel": picking.sudo().ecom_channel_id.name or "",
            "customer": picking.ecom_recipient or picking.partner_id.display_name or "",
            "place": " ".join(
                filter(None, (picking.partner_id.zip, picking.partner_id.city, picking.partner_id.country_id.code))
            ),
            "pickup": picking.ecom_pickup_name or "",
            "collect": bool(picking.ecom_collect_state),
            "note": picking.ecom_note or "",
            "gift": picking.ecom_gift_message or "",
            "carrier": carrier.name or "",
            "gives_labels": carrier._ecom_gives_labels(),
            "has_label": parcel._has_label(),
            "label_words": parcel._label_words()[0] if parcel.label_state in ("failed", "doubt") else "",
            "label_state": parcel.label_state or "",
            "tracking": picking.carrier_tracking_ref or "",
            "weight": parcel._number(parcel.weight) if parcel.weight else "",
            "weight_unit": picking.weight_uom_name or "kg",
            "step": parcel._step(),
            "asks": parcel.asks or "",
            "prompt": self._next_words(parcel),
            "lines": self._describe_lines(parcel),
            "carriers": parcel._carriers().mapped("name") if parcel.asks == "carrier" else [],
            "packages": len(parcel._packages()),
            "batch": parcel.batch_id.name or "",
            "batch_done": parcel.batch_id.ecom_shipped_count,
            "batch_total": parcel.batch_id.ecom_order_count,
        }

    def _describe_lines(self, parcel):
        shown = []
        packages = parcel._packages().ids
        for line in parcel._move_lines():
            product = line.product_id
            expected, scanned = line.quantity_product_uom, line.ecom_scanned
            shown.append(
                {
                    "id": line.id,
                    "picture": product.id if product.with_context(bin_size=True).image_128 else 0,
                    "product": parcel._short_name(product),
                    "sku": product.default_code or "",
                    "barcode": product.barcode or "",
                    "lot": line.lot_id.name or "",
                    "expires": format_date(self.env, line.lot_id.expiration_date)
                    if line.lot_id.expiration_date
                    else "",
                    "place": line.location_id.name,
                    "unit": product.uom_id.name if product.uom_id != self.env.ref("uom.product_uom_unit") else "",
                    "scanned": parcel._number(scanned),
                    "expected": parcel._number(expected),
                    "complete": product.uom_id.compare(scanned, expected) >= 0,
                    "focus": product == parcel.product_id and product.uom_id.compare(scanned, expected) < 0,
                    "package": packages.index(line.result_package_id.id) + 1 if line.result_package_id else 0,
                    "short": False,
                }
            )
        for move, quantity in parcel._short().items():
            shown.append(
                {
                    "id": -move.id,
                    "picture": 0,
                    "product": parcel._short_name(move.product_id),
                    "sku": move.product_id.default_code or "",
                    "barcode": move.product_id.barcode or "",
                    "lot": "",
                    "expires": "",
                    "place": "",
                    "unit": "",
                    "scanned": "0",
                    "expected": parcel._number(quantity),
                    "complete": False,
                    "focus": False,
                    "package": 0,
                    "short": True,
                }
            )
        return shown

    def _describe_batches(self):
        return [
            {
                "id": batch.id,
                "name": batch.name,
                "description": batch.description or "",
                "done": batch.ecom_shipped_count,
                "total": batch.ecom_order_count,
            }
            for batch in self._batches()[:12]
        ]

    def _files(self, parcel):
        return [{"id": file.id, "name": file.name, "kind": file.mimetype or ""} for file in parcel.sudo().label_ids]

    def _number_of(self, picking):
        """The number that people know an order by."""
        return picking.sudo().ecom_order_id.number or picking.sale_id.name or picking.name
