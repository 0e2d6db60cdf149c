from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

MOST_ORDERS = 20
"""Of a payout or bank line that stands for more orders, so many are taken apart."""


class Chain:
    """The records that belong together, found so far: a recordset for each model, whoever may read it."""

    def __init__(self, env):
        self.env = env
        self.left_out = 0  # orders that are not taken apart
        self._records = {}

    def __getitem__(self, model):
        return self._records.get(model, self.env[model])

    def add(self, records):
        records = records.with_env(self.env)
        self._records[records._name] = self[records._name] | records


class EcomThread(models.AbstractModel):
    """No table: what became of an order, from the customer's click to the line of the bank, and where it breaks.

    Addons add their links by four hooks and need not know each other: ``_from_MODEL`` finds the orders of a record that
    one may start at, ``_collect`` finds what belongs to the orders, ``_steps`` tells it and ``_breaks`` says what is
    missing. All of it is found whoever asks; then only what the reader may read is handed out. Everything is looked up
    for all orders together, so that the number of queries does not grow with the chain.
    """

    _name = "ecom.thread"
    _description = "Thread of an Order"

    @api.model
    def get_thread(self, model, record_id):
        """The chain that a record is part of.

        :return: ``{"title", "stages": [{"key", "title", "steps": [...], "breaks": [...]}], "left_out": orders that a
            payout has besides}``; a step has model, id, title, words, date, amount, state, colour and ``here`` (the
            record asked for)
        """
        follow = getattr(self.sudo(), f"_from_{str(model).replace('.', '_')}", None)
        if not follow or isinstance(record_id, bool) or not isinstance(record_id, int):
            raise UserError(self.env._("There is no thread of this."))
        record = self.env[model].browse(record_id)
        record.check_access("read")
        chain = Chain(self.sudo().env)
        chain.add(record)
        follow(chain, record.sudo())
        self._limit(chain)
        self.sudo()._collect(chain)
        readable = self._readable(chain)
        steps = self._shown(self.sudo()._steps(chain), readable)
        breaks = self._shown(self.sudo()._breaks(chain), readable)
        stages = [
            {
                "key": key,
                "title": title,
                "steps": [self._plain(step, record) for step in steps if step["stage"] == key],
                "breaks": [self._plain(row, record) for row in breaks if row["stage"] == key],
            }
            for key, title in self._stages()
        ]
        return {
            "title": self.env._("Thread of %(record)s", record=record.display_name),
            "stages": [stage for stage in stages if stage["steps"] or stage["breaks"]],
            "left_out": chain.left_out,
        }

    # === HOOKS === #

    @api.model
    def _stages(self):
        """``[(key, title)]`` in the order in which they are drawn."""
        env = self.env
        return [
            ("order", env._("Order")),
            ("payment", env._("Payment")),
            ("delivery", env._("Delivery")),
            ("invoice", env._("Invoice")),
            ("return", env._("Return")),
            ("refund", env._("Refund")),
            ("payout", env._("Payout")),
            ("bank", env._("Bank")),
        ]

    @api.model
    def _collect(self, chain):
        """The chain, with what belongs to its orders."""
        return chain

    @api.model
    def _steps(self, chain):
        """``[_step(...)]`` for what is there."""
        return []

    @api.model
    def _breaks(self, chain):
        """``[_break(...)]`` for what is not."""
        return []

    # === PARTS === #

    @api.model
    def _step(self, stage, record, title, *, words="", date=None, amount="", state="", colour="secondary"):
        return {
            "stage": stage,
            "record": record,
            "title": title,
            "words": words or "",
            "date": date,
            "amount": amount or "",
            "state": state or "",
            "colour": colour,
        }

    @api.model
    def _break(self, stage, record, words, *, waits=False):
        """What is missing after a stage.

        :param record: what it is said of; whoever may not read that is not told
        :param waits: that nothing is wrong yet
        """
        return {"stage": stage, "record": record, "words": words, "colour": "warning" if waits else "danger"}

    @api.model
    def _label(self, record, field):
        """A selection's value in words."""
        return dict(record._fields[field]._description_selection(self.env)).get(record[field], "")

    @api.model
    def _number(self, chain, order):
        """The order's number before what is said of it, where the chain has several."""
        return f"{order.number}: " if len(chain["ecom.order"]) > 1 and order.number else ""

    @api.model
    def _limit(self, chain):
        orders = chain["ecom.order"]
        if len(orders) > MOST_ORDERS:
            kept = orders[:MOST_ORDERS]
            chain.left_out = len(orders) - MOST_ORDERS
            chain._records["ecom.order"] = kept
            chain._records["sale.order"] = chain["sale.order"].filtered(
                lambda sale: not sale.ecom_order_id or sale.ecom_order_id in kept
            )

    @api.model
    def _readable(self, chain):
        """``{model: ids of the chain's records that the reader may read}``."""
        return {
            model: set(records.with_env(self.env)._filtered_access("read").ids)
            for model, records in chain._records.items()
        }

    @api.model
    def _shown(self, rows, readable):
        """Those of which the reader may read the record, the oldest first."""
        rows = [row for row in rows if row["record"].id in readable.get(row["record"]._name, ())]
        return sorted(rows, key=lambda row: str(row.get("date") or ""))

    @api.model
    def _plain(self, row, start):
        record, date = row["record"], row.get("date")
        if isinstance(date, datetime):
            date = fields.Datetime.context_timestamp(self, date).date()
        plain = {name: value for name, value in row.items() if name not in ("record", "stage")}
        return plain | {
            "model": record._name,
            "id": record.id,
            "here": record._name == start._name and record.id == start.id,
            "date": format_date(self.env, date) if date else "",
        }


class EcomThreadMixin(models.AbstractModel):
    """A record that one may look along the thread from."""

    _name = "ecom.thread.mixin"
    _description = "Part of a Thread"

    def action_ecom_thread(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "ecom_thread",
            "name": self.env._("Thread"),
            "params": {"model": self._name, "id": self.id},
        }
