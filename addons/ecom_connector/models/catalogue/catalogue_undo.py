import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2 import IntegrityError

_logger = logging.getLogger(__name__)

PRODUCTS = 50


class EcomCatalogueImport(models.Model):
    """Undoing: what an import made is taken away, what was used or changed since is spared and listed."""

    _inherit = "ecom.catalogue.import"

    def _undo_batch(self, channel, _platform):
        done = [("import_id", "=", self.id), ("state", "=", "done")]
        # Whole products: a variant that goes changes the product that its sisters are judged by.
        groups = self.env["ecom.catalogue.import.line"]._read_group(
            done, ["staged_id"], ["id:recordset"], limit=PRODUCTS, order="staged_id desc"
        )
        lines = self.env["ecom.catalogue.import.line"].union(*(lines for _staged, lines in groups))
        if not lines:
            channel._in_transaction(lambda: self.write({"state": "undone"}))
            return
        channel._in_transaction(lambda: self._undo(lines))

    def _undo(self, lines):
        spared = self._used(lines)
        for line, reason in spared.items():
            line.write({"state": "kept", "message": reason})
        rest = lines.filtered(lambda line: line not in spared)
        listings = rest.offer_id.listing_id
        rest.offer_id.unlink()
        listings.filtered(lambda listing: not listing.offer_ids).unlink()
        made = rest.filtered("created_product")
        products = made.product_id
        (rest - made).write({"state": "undone"})
        if self._unlink(products):
            made.write({"state": "undone"})
        else:
            for line in made:
                if self._unlink(line.product_id):
                    line.state = "undone"
                else:
                    line.write({"state": "kept", "message": self.env._("Something else uses it.")})
        self._tell_progress()

    def _unlink(self, products):
        """:return: whether they are gone"""
        templates = products.product_tmpl_id
        try:
            with self.env.cr.savepoint():
                products.unlink()
                templates.exists().filtered(
                    lambda template: not template.with_context(active_test=False).product_variant_ids
                ).unlink()
        except (UserError, IntegrityError) as error:
            _logger.info("Catalogue import %s: something stays (%s)", self.id, error)
            return False
        return True

    def _used(self, lines):
        """``{line: why it is spared}``: its product was made here and sold, moved or changed since."""
        kept_up = lines.filtered(lambda line: line.offer_id.listing_id.kept_up)
        published = dict.fromkeys(kept_up, self.env._("Odoo keeps it up on the shop since."))
        made = lines.filtered(lambda line: line.created_product and line.product_id)
        if not made:
            return published
        self.env.flush_all()
        ids = made.product_id.ids
        env = self.env
        reasons = {}
        uses = {
            "sale_order_line": env._("It was sold since."),
            "stock_move": env._("It was moved since."),
            "stock_quant": env._("It is in stock."),
            "account_move_line": env._("It was invoiced since."),
        }
        for table, reason in uses.items():
            query = SQL("SELECT DISTINCT product_id FROM %s WHERE product_id = ANY(%s)", SQL.identifier(table), ids)
            env.cr.execute(query)
            for (product,) in env.cr.fetchall():
                reasons.setdefault(product, reason)
        env.cr.execute(
            SQL(
                """
                SELECT line.product_id
                  FROM ecom_catalogue_import_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE line.id = ANY(%s)
                   AND GREATEST(product.write_date, template.write_date) > line.done_at + INTERVAL '2 seconds'
                """,
                made.ids,
            )
        )
        for (product,) in env.cr.fetchall():
            reasons.setdefault(product, env._("It was changed since."))
        spared = {line: reasons[line.product_id.id] for line in made if line.product_id.id in reasons}
        return spared | published
