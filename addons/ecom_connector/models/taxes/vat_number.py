import logging
import random
import time
from datetime import timedelta

from odoo import api, fields, models

from ...decisions import backoff
from ...platforms import vies
from ...platforms.base import PlatformError
from ...platforms.transport import Transport, loopback
from ..channels.channel_lanes import CONFLICTS

_logger = logging.getLogger(__name__)

BATCH = 20
ASKING_SECONDS = 10.0
"""How long one run asks before it notes what it knows."""
DOWN = timedelta(hours=1)
"""How long VIES may give no answer before a person is told."""
VALID_FOR = timedelta(days=90)
"""How long an answer is believed; the number is asked for again by the next order after that."""


class EcomVatNumber(models.Model):
    """A VAT number that a sale without tax rests on, and what VIES says of it.

    It is asked between transactions by a scheduled action of its own: no import ever waits for it.
    """

    _name = "ecom.vat.number"
    _description = "Checked VAT Number"
    _rec_name = "number"
    _order = "id desc"

    number = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    requester = fields.Char(help="Our own VAT number, so that VIES gives a receipt.")
    answer = fields.Selection(
        [("waiting", "Waits for an answer"), ("valid", "Valid"), ("invalid", "Invalid")],
        required=True,
        default="waiting",
    )
    checked_at = fields.Datetime(string="Answered On")
    asked_since = fields.Datetime(default=fields.Datetime.now)
    next_try_at = fields.Datetime(default=fields.Datetime.now)
    tries = fields.Integer()
    last_error = fields.Char()
    holder = fields.Char(string="Name in VIES")
    receipt = fields.Char(help="The consultation number, which proves that VIES was asked.")

    _number_unique = models.Constraint("UNIQUE(number, company_id)", "This VAT number is known already.")
    _due_index = models.Index("(next_try_at) WHERE answer = 'waiting'")

    @api.model
    def _answers(self, numbers, company):
        """What is known of these numbers, in one look-up; new and outdated ones are asked for soon.

        :return: ``{number: record}``
        """
        found = self.search([("number", "in", list(numbers)), ("company_id", "=", company.id)])
        known = {record.number: record for record in found}
        old = fields.Datetime.now() - VALID_FOR
        outdated = self.browse(
            [record.id for record in known.values() if record.checked_at and record.checked_at < old]
        )
        outdated._ask_again()
        new = [number for number in numbers if number not in known]
        created = self.create(
            [{"number": number, "company_id": company.id, "requester": company.vat or False} for number in new]
        )
        if created:
            self._wake()
        return known | dict(zip(new, created, strict=True))

    def _ask_again(self):
        if self:
            now = fields.Datetime.now()
            self.write({"answer": "waiting", "asked_since": now, "next_try_at": now, "tries": 0})
            self._wake()

    @api.model
    def _wake(self):
        self.env.ref("ecom_connector.cron_vat_numbers").sudo()._trigger()

    # === ASKING === #

    @api.model
    def _cron_ask(self):
        """Ask VIES for what waits, one after the other, for it has no call for several; then note all it said at once.

        One time-out ends the asking, and so do some seconds of it: what is known shall not wait for what is not.
        """
        now = fields.Datetime.now()
        due = self.search([("answer", "=", "waiting"), ("next_try_at", "<=", now)], order="next_try_at", limit=BATCH)
        if not due:
            return
        get_param = self.env["ir.config_parameter"].sudo().get_param
        address = get_param("ecom_connector.vies_url", vies.ADDRESS)
        neutralised = get_param("database.is_neutralized")
        wanted = [(record.id, record.number, record.requester or "") for record in due]
        transport = Transport(timeout=vies.TIMEOUT, retries=0, allow=loopback if neutralised else None)
        # Neither snapshot nor lock is held while VIES thinks.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        said, silent = self._ask(transport, wanted, address)
        try:
            self._note(said, silent)
        except CONFLICTS:
            # An order of one of them is in other hands: that one is asked for again, the others are not held up.
            self.env.cr.rollback()
            for number_id in (*said, *silent):
                try:
                    self._note(
                        {number_id: said[number_id]} if number_id in said else {},
                        {number_id: silent[number_id]} if number_id in silent else {},
                    )
                except CONFLICTS:
                    self.env.cr.rollback()
        if len(wanted) == BATCH or len(said) + len(silent) < len(wanted):
            self._wake()
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _ask(self, transport, wanted, address):
        """:return: the answers and the failures, each by record id"""
        said, silent = {}, {}
        enough = time.monotonic() + ASKING_SECONDS
        for number_id, number, requester in wanted:
            try:
                said[number_id] = vies.check_number(transport, number, requester, address)
            except PlatformError as error:
                silent[number_id] = error
                if error.code != "unavailable":
                    # Nobody answers: the others would wait as long for as little.
                    silent = {other: error for other, _number, _requester in wanted if other not in said}
                    break
            if time.monotonic() > enough:
                break
        return said, silent

    @api.model
    def _note(self, said, silent):
        """Write down and commit what VIES said of these numbers, and of which it said nothing."""
        self.browse(said)._note_answers(said)
        self.browse(silent)._note_silence(silent)
        self.env.flush_all()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _note_silence(self, errors):
        """:param errors: ``{record id: why there is no answer}``"""
        if not self:
            return
        now = fields.Datetime.now()
        for record in self:
            error = errors[record.id]
            seconds = backoff.delay(record.tries + 1, random.random(), error.retry_after)
            record.write(
                {
                    "tries": record.tries + 1,
                    "last_error": error.message,
                    "next_try_at": now + timedelta(seconds=seconds),
                }
            )
        _logger.info("VIES gave no answer about %s numbers (%s)", len(self), next(iter(errors.values())).code)
        self.env.ref("ecom_connector.cron_vat_numbers").sudo()._trigger(min(self.mapped("next_try_at")))
        for company, late in (
            self.filtered(lambda record: now - record.asked_since >= DOWN).grouped("company_id").items()
        ):
            since = {record.number: record.asked_since for record in late}
            self._sales(since, company)._tell_vat_unanswered(since)

    def _note_answers(self, answers):
        """Keep the answers, also on the contacts, and let go or ask about the orders that waited for them.

        :param answers: ``{record id: ViesAnswer}``
        """
        if not self:
            return
        now = fields.Datetime.now()
        for record in self:
            answer = answers[record.id]
            record.write(
                {
                    "answer": "valid" if answer.valid else "invalid",
                    "checked_at": now,
                    "holder": answer.name,
                    "receipt": answer.receipt,
                    "last_error": False,
                }
            )
        for company, records in self.grouped("company_id").items():
            valid = {record.number: record.answer == "valid" for record in records}
            partners = self.env["res.partner"].search([("vat", "in", list(valid))])
            right = partners.filtered_domain([("vat", "in", [number for number, known in valid.items() if known])])
            right.write({"vies_valid": True, "ecom_vat_checked_at": now})
            (partners - right).write({"vies_valid": False, "ecom_vat_checked_at": now})
            self._sales(valid, company)._vat_answered(valid)

    @api.model
    def _sales(self, numbers, company):
        return self.env["sale.order"].search(
            [("ecom_vat_number", "in", list(numbers)), ("company_id", "=", company.id)]
        )
