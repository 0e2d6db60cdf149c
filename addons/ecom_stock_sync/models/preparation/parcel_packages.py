from odoo import models
from odoo.exceptions import UserError


class EcomParcel(models.Model):
    """A delivery that leaves in several parcels: each is one of Odoo's packages, which carriers' modules know.

    Either all of a delivery is in packages or nothing is, as Odoo has it: once one parcel is full, what is scanned
    afterwards becomes the next.
    """

    _inherit = "ecom.parcel"

    def _packages(self):
        """The parcels that are full, in the order in which they were packed."""
        return self._move_lines().result_package_id.sorted("id")

    def _loose(self):
        """What was scanned since the last parcel was full."""
        return self._move_lines().filtered(lambda line: line.ecom_scanned and not line.result_package_id)

    def _parcel_count(self):
        """How many parcels the delivery is, with the one that is being packed."""
        return len(self._packages()) + bool(self._loose()) or 1

    def _fill_package(self):
        """What was scanned is a parcel of its own: the next scan begins another one.

        :return: the package, or nothing when there is nothing to put into it
        """
        lines = self._loose()
        if not lines:
            return self.env["stock.package"]
        self._part_lines(lines)
        package = lines._put_in_pack()
        package.shipping_weight = sum(line.quantity_product_uom * line.product_id.weight for line in lines)
        self.write({"scans": [], "product_id": False})
        return package

    def _part_lines(self, lines):
        """What is still to be scanned of a line gets a line of its own."""
        for line in lines:
            left = line.quantity_product_uom - line.ecom_scanned
            if line.product_id.uom_id.compare(left, 0) <= 0:
                continue
            unit = line.product_id.uom_id
            line.quantity = unit._compute_quantity(line.ecom_scanned, line.product_uom_id)
            rest = unit._compute_quantity(left, line.product_uom_id)
            line.copy({"quantity": rest, "ecom_scanned": 0, "picked": False})

    def _open_package(self):
        """Take back that the last parcel is full.

        :return: its number, or 0 where there is none
        """
        packages = self._packages()
        if packages:
            self._move_lines().filtered(lambda line: line.result_package_id == packages[-1]).result_package_id = False
            packages[-1].sudo().unlink()
        return len(packages)

    def _fill_last(self):
        """What is left of a delivery in several parcels is the last of them."""
        if self._packages() and self._is_complete():
            self._fill_package()

    def _weigh(self, kilograms):
        """What the scales say: of the whole delivery, or of the parcel that was packed last.

        :raise UserError: when that one is not full yet
        """
        if self._packages():
            if self._loose() and not self._is_complete():
                raise UserError(self.env._("F3 says that this parcel is full: then it is weighed."))
            self._fill_last()
            packages = self._packages()
            packages[-1].shipping_weight = kilograms
            kilograms = sum(packages.mapped("shipping_weight"))
        self.write({"weight": kilograms, "weight_asked": self._is_complete() or not self._packages(), "asks": False})

    # === TRACKING NUMBERS === #

    def _numbers(self):
        """The tracking numbers that are known: Odoo keeps those of several parcels in one field."""
        numbers = (self.picking_id.carrier_tracking_ref or "").replace("\n", ",").replace(";", ",").split(",")
        return [number.strip() for number in numbers if number.strip()]

    def _take_number(self, number):
        """One more number, while fewer are known than there are parcels; else it takes the place of all."""
        known, count = self._numbers(), self._parcel_count()
        numbers = [*known, number] if len(known) < count and number not in known else [number]
        self.picking_id.carrier_tracking_ref = ",".join(numbers)
        self.write({"asks": False, "tracking_asked": len(numbers) >= count})
