import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import escape_psql

from ...calculations.scanning import ACCEPTED, Lot, Reading, Verdict, elements, judge


class EcomParcel(models.Model):
    """Scanning the items of a parcel."""

    _inherit = "ecom.parcel"

    def _scan(self, code, number=1.0):
        """Count what was scanned, or say why not.

        :return: the judgement, and what the code stands for
        """
        self.ensure_one()
        reading = self._reading(code)
        judgement = judge(
            reading,
            self._lines(),
            number=number,
            focus=self.product_id.id,
            other_serials=self.picking_id.picking_type_id.ecom_other_serials,
        )
        if judgement.verdict in ACCEPTED:
            self._count(judgement)
        elif judgement.verdict == Verdict.NEEDS_LOT:
            self.product_id = judgement.product
        return judgement, reading

    def _count(self, judgement):
        lines = {line.id: line for line in self._move_lines()}
        if judgement.verdict == Verdict.EXCHANGED:
            self._exchange(lines[judgement.counts[0][0]], judgement.lot)
        for line_id, units in judgement.counts:
            lines[line_id].ecom_scanned += units
        scans = [*(self.scans or []), judgement.counts]
        self.write({"scans": scans, "product_id": judgement.product, "asks": False})

    def _exchange(self, line, lot_id):
        """Reserve another serial, which lies there and is free, instead of this line's."""
        quant = self._free_quants(self.env["stock.lot"].browse(lot_id))[:1]
        line.write(
            {
                "lot_id": lot_id,
                "location_id": quant.location_id.id,
                "package_id": quant.package_id.id,
                "owner_id": quant.owner_id.id,
            }
        )

    def _take_back(self):
        """Undo the last scan.

        :return: the lines that lost something
        """
        scans = list(self.scans or [])
        lines = {line.id: line for line in self._move_lines()}
        undone = self.env["stock.move.line"]
        while scans and not undone:
            for line_id, units in scans.pop():
                if line_id in lines:
                    lines[line_id].ecom_scanned = max(0.0, lines[line_id].ecom_scanned - units)
                    undone |= lines[line_id]
        self.write({"scans": scans, "product_id": False})
        return undone

    # === WHAT A CODE STANDS FOR === #

    def _reading(self, code):
        """What a code stands for: a lot's or serial's name, a barcode, a SKU, a packaging's barcode; GS1 at last."""
        lots = self._find_lots(code)
        products, units = self._find_products([code])
        if not lots and not products:
            products = self._find_by_name(code)
        if not lots and not products:
            return self._reading_gs1(code)
        return Reading(frozenset(products.ids), units, self._facts(lots))

    def _reading_gs1(self, code):
        """Articles and lots that a GS1 code names, read by Odoo's own parser."""
        nomenclature = self.env.company.sudo().nomenclature_id
        if not nomenclature.is_gs1_nomenclature:
            nomenclature = self.env.ref("barcodes_gs1_nomenclature.default_gs1_nomenclature").sudo()
        try:
            parts = nomenclature.gs1_decompose_extended(code) or []
        except (ValidationError, ValueError):
            return Reading()
        read = elements([(part["ai"], part["value"]) for part in parts])
        if not read:
            return Reading()
        products, units = self._find_products(read.gtins)
        lots = self._find_lots(read.lot) if read.lot else self.env["stock.lot"]
        return Reading(frozenset(products.ids), units * read.units, self._facts(lots), bool(read.lot))

    @api.model
    def _find_products(self, codes):
        """Products by barcode, SKU or packaging, and how many units such a code stands for."""
        if not codes:
            return self.env["product.product"], 1.0
        Product = self.env["product.product"].with_context(skip_preprocess_gs1=True, active_test=False)
        products = Product.search([("barcode", "in", list(codes))], limit=1)
        if not products:
            products = Product.search([("default_code", "=ilike", escape_psql(codes[0]))], limit=20)
        if products:
            return products, 1.0
        packaging = self.env["product.uom"].search([("barcode", "in", list(codes))], limit=1)
        product = packaging.product_id
        units = packaging.uom_id._compute_quantity(1.0, product.uom_id) if packaging else 1.0
        return product, units

    def _find_by_name(self, text):
        """Products of this parcel that are called so: some have neither barcode nor reference."""
        return self._move_lines().product_id.filtered(
            lambda product: self._short_name(product).casefold() == text.casefold()
        )

    def _find_lots(self, name):
        return self.env["stock.lot"].search(
            [("name", "=", name), ("company_id", "in", [False, self.company_id.id])], limit=50
        )

    def _facts(self, lots):
        """What the decision has to know of each lot."""
        now, own = fields.Datetime.now(), self.picking_id.move_line_ids.lot_id
        free = self._free_quants(lots - own).lot_id if lots - own else lots.browse()
        return tuple(
            Lot(
                lot.id,
                lot.product_id.id,
                blocked=lot.ecom_blocked,
                expired=lot.product_expiry_alert or bool(lot.removal_date and lot.removal_date <= now),
                free=lot in free,
            )
            for lot in lots
        )

    def _free_quants(self, lots):
        """Where these lots lie unpromised, among what this delivery is taken from."""
        quants = self.env["stock.quant"].search(
            [
                ("lot_id", "in", lots.ids),
                ("location_id", "child_of", self.picking_id.location_id.ids),
                ("quantity", ">", 0),
            ]
        )
        return quants.filtered(lambda quant: quant.product_uom_id.compare(quant.available_quantity, 1) >= 0)

    # === WORDS === #

    def _words(self, judgement, code):
        """What is said of a scan: the sentence, and its tone."""
        env = self.env
        product = env["product.product"].browse(judgement.product)
        lot = env["stock.lot"].browse(judgement.lot)
        told = {
            "product": self._short_name(product),
            "lot": lot.name or code,
            "code": code,
            "wanted": env._(" or ").join(judgement.wanted[:3]),
        }
        verdict = judgement.verdict
        if verdict in ACCEPTED:
            lines = self._move_lines().filtered(lambda line: line.product_id == product)
            told |= {
                "count": self._number(sum(lines.mapped("ecom_scanned"))),
                "total": self._number(sum(lines.mapped("quantity_product_uom"))),
            }
            if verdict == Verdict.EXCHANGED:
                return env._("%(lot)s goes out instead. %(product)s: %(count)s of %(total)s.", **told), "good"
            return env._("%(product)s: %(count)s of %(total)s.", **told), "good"
        if verdict == Verdict.NEEDS_LOT:
            return env._("%(product)s: now scan its lot or serial number.", **told), "info"
        return self._refusal(verdict, told, lot), "bad"

    def _refusal(self, verdict, told, lot):
        env = self.env
        if verdict == Verdict.WRONG_LOT:
            promised = lot and self._promised_to(lot)
            if promised:
                told |= {"delivery": promised.name}
                if not told["wanted"]:
                    return env._("Stop: %(lot)s is promised to %(delivery)s.", **told)
                return env._("Stop: %(lot)s is promised to %(delivery)s. Take %(wanted)s.", **told)
            if not told["wanted"]:
                return env._("Stop: %(lot)s is not for this order.", **told)
            return env._("Stop: %(lot)s is the wrong number of %(product)s. Take %(wanted)s.", **told)
        if verdict == Verdict.NEEDS_PRODUCT:
            return env._("Several articles have the number %(code)s: scan the article first.", **told)
        if verdict == Verdict.TOO_MANY:
            return env._("Stop: one %(product)s too many. Put it back.", **told)
        if verdict == Verdict.SCANNED_TWICE:
            return env._("Stop: %(lot)s is in the parcel already.", **told)
        if verdict == Verdict.BLOCKED:
            return env._("Stop: %(lot)s of %(product)s is blocked. Do not send it.", **told)
        if verdict == Verdict.EXPIRED:
            return env._("Stop: %(lot)s of %(product)s has expired. Do not send it.", **told)
        if verdict == Verdict.WRONG_ITEM:
            return env._("Stop: %(product)s does not belong to this order.", **told)
        return env._("Stop: nobody knows the code %(code)s.", **told)

    def _promised_to(self, lot):
        """The other delivery that a lot is reserved for."""
        line = self.env["stock.move.line"].search(
            [
                ("lot_id", "=", lot.id),
                ("state", "in", ("assigned", "partially_available")),
                ("picking_id", "!=", self.picking_id.id),
                ("quantity", ">", 0),
            ],
            limit=1,
        )
        return line.picking_id

    @api.model
    def _short_name(self, product):
        """A product as it is said aloud: without its reference."""
        return re.sub(r"^\[[^\]]*\]\s*", "", product.display_name or "")

    @api.model
    def _number(self, quantity):
        """A quantity without needless digits, in the user's writing."""
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point or "."
        return f"{round(quantity, 3):.10g}".replace(".", point)
