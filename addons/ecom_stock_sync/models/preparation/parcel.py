from odoo import api, fields, models

from ...calculations.scanning import Line

# While a label is bought longer than this (seconds), whoever asked for it is gone.
LABEL_PATIENCE = 120


class EcomParcel(models.Model):
    """A delivery at the packing station: who packs it, what was scanned, its weight and its label."""

    _name = "ecom.parcel"
    _description = "Parcel"
    _order = "opened_at desc, id desc"
    _rec_name = "picking_id"
    _check_company_auto = True

    picking_id = fields.Many2one(
        "stock.picking", string="Delivery", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="picking_id.company_id", store=True, index=True)
    batch_id = fields.Many2one("stock.picking.batch", index="btree_not_null", readonly=True)
    ecom_order_id = fields.Many2one(related="picking_id.ecom_order_id")
    ecom_channel_id = fields.Many2one(related="picking_id.ecom_channel_id")
    carrier_id = fields.Many2one(related="picking_id.carrier_id")
    carrier_tracking_ref = fields.Char(related="picking_id.carrier_tracking_ref")
    picking_state = fields.Selection(
        related="picking_id.state", string="Delivery State", help="Where the delivery stands."
    )
    state = fields.Selection(
        [("open", "On the bench"), ("aside", "Put aside"), ("done", "Done")],
        required=True,
        default="open",
        index=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Packed by", readonly=True, index=True)
    opened_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)

    weight = fields.Float(
        string="Weighed", digits="Stock Weight", readonly=True, help="What the scales say, with the packaging."
    )
    weight_asked = fields.Boolean(readonly=True, help="The weight was typed, or passed over.")
    tracking_asked = fields.Boolean(readonly=True, help="A tracking number was typed, or passed over.")
    asks = fields.Selection(
        [
            ("weight", "The weight"),
            ("tracking", "A tracking number"),
            ("carrier", "A carrier"),
            ("missing", "Whether to ship without the rest"),
        ],
        readonly=True,
        help="What the next thing typed at the station is.",
    )
    product_id = fields.Many2one("product.product", readonly=True, help="Scanned last: its lot is awaited.")
    scans = fields.Json(readonly=True, help="What each scan added to which line, so that it can be taken back.")

    label_state = fields.Selection(
        [
            ("asked", "Being bought"),
            ("bought", "Bought"),
            ("failed", "Refused by the carrier"),
            ("doubt", "Perhaps bought"),
        ],
        string="Label",
        readonly=True,
        index="btree_not_null",
    )
    label_asked_at = fields.Datetime(readonly=True)
    label_error = fields.Text(string="The Carrier's Words", readonly=True)
    label_ids = fields.Many2many("ir.attachment", string="Label Files", readonly=True)
    has_label_files = fields.Boolean(compute="_compute_has_label_files", compute_sudo=True)
    label_round = fields.Integer(
        default=1, readonly=True, help="Goes up when a label is cancelled, so that the next one is another one."
    )

    _picking_unique = models.Constraint("UNIQUE(picking_id)", "A delivery is packed once.")

    @api.depends("label_ids")
    def _compute_has_label_files(self):
        for parcel in self:
            parcel.has_label_files = bool(parcel.label_ids)

    @api.model
    def _of(self, picking):
        """The parcel of a delivery, made where it is missing."""
        known = self.search([("picking_id", "=", picking.id)])
        return known or self.create({"picking_id": picking.id, "batch_id": picking.batch_id.id})

    @api.model
    def _on_bench(self):
        """The parcel that lies before the user, if any."""
        return self.search([("user_id", "=", self.env.uid), ("state", "=", "open")], limit=1)

    def _lay_on_bench(self):
        """Put this parcel before the user; what lay there is put aside, with all that was scanned."""
        self.ensure_one()
        (self._on_bench() - self)._put_aside()
        self.write(
            {
                "state": "open",
                "user_id": self.env.uid,
                "opened_at": fields.Datetime.now(),
                "batch_id": (self.picking_id.batch_id or self.batch_id).id,
                "product_id": False,
                "asks": False,
            }
        )
        if self.picking_id.user_id != self.env.user or not self.picking_id.printed:
            self.picking_id.write({"user_id": self.env.uid, "printed": True})

    def _put_aside(self):
        self.write({"state": "aside", "asks": False, "product_id": False})

    @api.model
    def _note_shipped(self, batches):
        """These deliveries left, whichever way.

        :param batches: ``{delivery: the batch that it was of, if any}``
        """
        known = self.search([("picking_id", "in", [picking.id for picking in batches])])
        known.filtered(lambda parcel: parcel.state != "done")._close()
        self.create(
            [
                {
                    "picking_id": picking.id,
                    "batch_id": batch.id,
                    "state": "done",
                    "user_id": self.env.uid,
                    "closed_at": fields.Datetime.now(),
                }
                for picking, batch in batches.items()
                if batch and picking not in known.picking_id
            ]
        )

    # === WHAT IS IN IT === #

    def _move_lines(self):
        """The reserved lines of the delivery, in the order in which they are shown."""
        return self.picking_id.move_line_ids.filtered(
            lambda line: line.state not in ("done", "cancel") and (line.quantity_product_uom or line.ecom_scanned)
        ).sorted(lambda line: (line.product_id.display_name, line.lot_id.name or "", line.id))

    def _lines(self):
        """The same for the decisions."""
        return [
            Line(
                id=line.id,
                product=line.product_id.id,
                expected=line.quantity_product_uom,
                scanned=line.ecom_scanned,
                tracking=line.product_id.tracking,
                lot=line.lot_id.id or 0,
                lot_name=line.lot_id.name or "",
            )
            for line in self._move_lines()
        ]

    def _short(self):
        """What was ordered and is not reserved, ``{move: quantity in the product's unit}``."""
        short = {}
        for move in self.picking_id.move_ids.filtered(lambda move: move.state not in ("done", "cancel")):
            reserved = sum(move.move_line_ids.mapped("quantity_product_uom"))
            if move.product_id.uom_id.compare(move.product_qty, reserved) > 0:
                short[move] = move.product_qty - reserved
        return short

    def _is_complete(self):
        """Whether everything that was ordered is in the parcel."""
        lines = self._lines()
        return bool(lines) and all(line.complete for line in lines) and not self._short()

    def _step(self):
        """What is to be done next: scan the items, weigh, label, type the tracking number, ship."""
        picking = self.picking_id
        if self.asks:
            return self.asks
        if not self._is_complete():
            return "items"
        if picking.ecom_collect_state:
            return "ship"
        if not self.weight_asked:
            return "weight"
        if self.carrier_id._ecom_gives_labels():
            return "ship" if self._has_label() else "label"
        if self.carrier_id and len(self._numbers()) < self._parcel_count() and not self.tracking_asked:
            return "tracking"
        return "ship"

    def _carriers(self):
        """The carriers that take this delivery, as Odoo offers them on its page."""
        return self.picking_id.sudo().allowed_carrier_ids.sorted(lambda carrier: (carrier.sequence, carrier.id))

    def _has_label(self):
        """Whether the parcel has what its carrier wants: a label from here, or a number from elsewhere."""
        return self.label_state == "bought" or bool(self.picking_id.carrier_tracking_ref)

    # === BUTTONS === #

    def action_print_label(self):
        """Show the label that was bought, to print it again."""
        self.ensure_one()
        file = self.sudo().label_ids[:1]
        return {"type": "ir.actions.act_url", "url": f"/web/content/{file.id}", "target": "new"}

    def action_open_delivery(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "view_mode": "form",
            "res_id": self.picking_id.id,
        }
