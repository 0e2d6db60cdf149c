from odoo import api, fields, models
from odoo.exceptions import UserError

from ...decisions.catalogue import Result

KEEP_DAYS = 180


class EcomCatalogueImport(models.Model):
    """One reading of a shop's catalogue: what was found, what a person decides about it, and what became of it.

    Nothing of Odoo's catalogue changes before a person starts it; afterwards the whole can be undone.
    """

    _name = "ecom.catalogue.import"
    _description = "Catalogue Import"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    state = fields.Selection(
        [
            ("reading", "Reading the shop"),
            ("ready", "To decide"),
            ("running", "Importing"),
            ("done", "Done"),
            ("undoing", "Undoing"),
            ("undone", "Undone"),
        ],
        default="reading",
        required=True,
        tracking=True,
    )
    stopped = fields.Boolean(help="A person stopped it: it goes on where it was when they say so.")
    match_order = fields.Selection(
        [
            ("sku_barcode", "SKU, then barcode"),
            ("barcode_sku", "Barcode, then SKU"),
            ("sku", "SKU only"),
            ("barcode", "Barcode only"),
        ],
        string="Recognise Products By",
        default="sku_barcode",
        required=True,
        help="Products that were linked to the shop before are always recognised.",
    )
    create_new = fields.Boolean(string="Create New Products", default=True)
    prices_include_tax = fields.Boolean(help="How the shop says its prices.")
    cursor = fields.Char()
    wait_until = fields.Datetime(help="When the shop has the next page ready.")
    passes = fields.Integer(help="How often the catalogue was begun: products deleted meanwhile hide others.")
    read_count = fields.Integer(string="Products Read")
    total_count = fields.Integer(string="Products on the Shop")
    product_ids = fields.One2many("ecom.catalogue.import.product", "import_id")
    line_ids = fields.One2many("ecom.catalogue.import.line", "import_id", string="Articles")
    line_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    to_link_count = fields.Integer(compute="_compute_counts", compute_sudo=True, string="To Link")
    to_create_count = fields.Integer(compute="_compute_counts", compute_sudo=True, string="To Create")
    doubt_count = fields.Integer(compute="_compute_counts", compute_sudo=True, string="In Doubt")
    only_here_count = fields.Integer(compute="_compute_counts", compute_sudo=True, string="Only in Odoo")
    done_count = fields.Integer(compute="_compute_counts", compute_sudo=True, string="Imported")
    failed_count = fields.Integer(compute="_compute_counts", compute_sudo=True, string="Failed")
    kept_count = fields.Integer(compute="_compute_counts", compute_sudo=True, string="Spared")
    progress = fields.Float(compute="_compute_counts", compute_sudo=True)

    _one_at_a_time = models.UniqueIndex(
        "(channel_id) WHERE state IN ('reading', 'running', 'undoing')",
        "This channel's catalogue is being imported already.",
    )

    @api.depends("channel_id")
    def _compute_display_name(self):
        for batch in self:
            batch.display_name = self.env._("Catalogue of %(channel)s", channel=batch.channel_id.name)

    @api.depends("line_ids.state", "line_ids.action", "line_ids.result", "state", "read_count", "total_count")
    def _compute_counts(self):
        groups = self.env["ecom.catalogue.import.line"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "result", "action", "state"], ["__count"]
        )
        for batch in self:
            mine = [group for group in groups if group[0] == batch]

            def count(test, mine=mine):
                return sum(number for _batch, result, action, state, number in mine if test(result, action, state))

            batch.only_here_count = count(lambda result, _action, _state: result == Result.ONLY_HERE.value)
            batch.line_count = count(lambda *_: True) - batch.only_here_count
            batch.to_link_count = count(lambda _result, action, state: action == "link" and state == "waiting")
            batch.to_create_count = count(lambda _result, action, state: action == "create" and state == "waiting")
            batch.doubt_count = count(
                lambda result, action, state: (
                    action == "skip" and state == "waiting" and result != Result.ONLY_HERE.value
                )
            )
            batch.done_count = count(lambda _result, _action, state: state == "done")
            batch.failed_count = count(lambda _result, _action, state: state == "failed")
            batch.kept_count = count(lambda _result, _action, state: state == "kept")
            batch.progress = batch._progress()

    def _progress(self):
        """In percent, of what is under way."""
        if self.state == "reading":
            part, whole = self.read_count, self.total_count
        elif self.state in ("running", "done"):
            part = self.done_count + self.failed_count
            whole = part + self.to_link_count + self.to_create_count
        else:
            return 100.0 if self.state == "undone" else 0.0
        return 100.0 * part / whole if whole else 0.0

    # === BUTTONS === #

    def action_start(self):
        """Do what was decided, from the first line that waits."""
        self.ensure_one()
        self._must_be("ready", "done")
        self.write({"state": "running", "stopped": False})
        return self._wake()

    def action_stop(self):
        self.ensure_one()
        self._must_be("reading", "running", "undoing")
        self.stopped = True
        return True

    def action_resume(self):
        self.ensure_one()
        self.check_access("write")
        self.stopped = False
        return self._wake()

    def action_read_again(self):
        """Look at the shop anew: what is imported stays so, what waits is found again."""
        self.ensure_one()
        self._must_be("ready", "done")
        self.line_ids.filtered(lambda line: line.state in ("waiting", "failed")).unlink()
        self.product_ids.filtered(lambda product: not product.line_ids).unlink()
        self.write({"state": "reading", "stopped": False, "cursor": False, "passes": 0, "read_count": 0})
        return self._wake()

    def action_undo(self):
        """Take back what this import made, but for what was used or changed since."""
        self.ensure_one()
        self._must_be("ready", "done")
        self.write({"state": "undoing", "stopped": False})
        return self._wake()

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.ecom_catalogue_import_line_action")
        return action | {"domain": [("import_id", "=", self.id)]}

    def _must_be(self, *states):
        self.check_access("write")
        if self.state not in states:
            state = dict(self._fields["state"]._description_selection(self.env))[self.state]
            raise UserError(self.env._("This cannot be done while the import is “%(state)s”.", state=state))

    def _wake(self):
        self.channel_id.sudo()._wake("catalogue")
        return True

    def _tell_progress(self):
        self.env.ref("ecom_connector.group_manager")._bus_send("ecom.channel/progress", {"channel": self.channel_id.id})

    @api.autovacuum
    def _gc_payloads(self):
        """Forget the shop's raw words once nobody will need them; what was done stays known."""
        old = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        products = self.env["ecom.catalogue.import.product"].search(
            [("payload", "!=", False), ("write_date", "<", old)], limit=1000
        )
        products.payload = False
        return len(products), len(products) == 1000
