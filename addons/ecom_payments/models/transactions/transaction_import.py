import logging
import time
from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.addons.ecom_connector.models.wording import in_words

_logger = logging.getLogger(__name__)


class EcomGateway(models.Model):
    """Polling: each listing begins a little before the end of the last one, so nothing that came late is missed."""

    _inherit = "ecom.gateway"

    progress = fields.Json(
        readonly=True,
        copy=False,
        help="By listing: until when it is known (mark), and where one that is under way goes on.",
    )

    def _look(self, deadline):
        more = super()._look(deadline)
        capabilities = self._gateway_class().capabilities
        if capabilities.transactions:
            connection = self._connection()
            for flow in self._listings():
                more |= self._list(flow, connection, deadline)
        if capabilities.transactions or capabilities.files:
            more = more or self._match_open(deadline)
        return more

    def _listings(self):
        """``{flow: (reads a page, keeps it)}``; a hook."""
        Transaction = self.env["ecom.gateway.transaction"]
        return {
            "transactions": (
                lambda connection, since, cursor: connection.read_transactions(since, cursor),
                lambda raws: Transaction._store(self, self._parsed("parse_transaction", raws)),
            )
        }

    def _list(self, flow, connection, deadline):
        """Read the pages of a listing and keep each by itself, so that whoever is killed goes on with the next.

        :return: whether it is unfinished
        """
        read, keep = self._listings()[flow]
        while True:
            progress = dict((self.progress or {}).get(flow) or {})
            since, cursor = self._since(flow, progress), progress.get("cursor", "")
            self._before_http()
            page = read(connection, since, cursor)
            self._in_transaction(lambda page=page, since=since: self._keep_page(flow, keep, page, since))
            if not page.next:
                return False
            if time.monotonic() > deadline:
                return True

    def _overlap(self, flow):
        """How far before the end of the last listing the next one begins; a hook."""
        return self._gateway_class().capabilities.overlap

    def _since(self, flow, progress):
        """Where a listing begins, or began."""
        if since := progress.get("since"):
            return datetime.fromisoformat(since)
        if mark := progress.get("mark"):
            return datetime.fromisoformat(mark) - self._overlap(flow)
        return self.import_from.replace(tzinfo=timezone.utc) - timedelta(seconds=1)

    def _keep_page(self, flow, keep, page, since):
        keep(page.raws)
        progress = dict(self.progress or {})
        now = dict(progress.get(flow) or {})
        until = [
            moment for moment in (now.get("until"), page.complete_until and page.complete_until.isoformat()) if moment
        ]
        if page.next:
            now |= {"since": since.isoformat(), "cursor": page.next, "until": min(until, default=None)}
        else:
            now = {"mark": max(min(until, default=since.isoformat()), now.get("mark") or "")}
        self.progress = progress | {flow: now}

    def _note_failure(self, error, retry_after):
        """A listing that failed begins anew: a cursor may be what failed, and replays change nothing."""
        self.progress = {flow: {"mark": now["mark"]} for flow, now in (self.progress or {}).items() if now.get("mark")}
        return super()._note_failure(error, retry_after)

    def _parsed(self, parse, raws):
        """Raw answers as documents; one that cannot be read stops nothing, and a person hears of it."""
        declared, documents, wrong = self._gateway_class(), [], {}
        for raw in raws:
            try:
                documents.append((raw, getattr(declared, parse)(raw)))
            except ValueError as error:
                _logger.warning("Gateway %s: unreadable (%s)", self.id, error)
                wrong[declared.raw_id(raw)] = in_words(self.env, error)
        known = self._currencies({code for _raw, document in documents for code in document.currencies()})
        for raw, document in documents:
            if unknown := document.currencies() - known.keys():
                wrong[declared.raw_id(raw)] = self.env._("Odoo has no currency %(code)s", code=", ".join(unknown))
        self._say_what_cannot_be_read(wrong)
        return [document for _raw, document in documents if document.currencies() <= known.keys()]

    def _say_what_cannot_be_read(self, wrong):
        """:param wrong: ``{the gateway's id, or nothing: what is wrong}``"""
        causes = [
            {
                "order": self.env["ecom.order"],
                "key": f"{self.id}:{identifier}",
                "message": self.env._(
                    "“%(gateway)s” tells something that cannot be read, %(identifier)s: %(error)s",
                    gateway=self.name,
                    identifier=identifier or "–",
                    error=error,
                ),
                "data": {"gateway": self.id},
            }
            for identifier, error in wrong.items()
        ]
        self.env["ecom.issue"]._raise_each(self.channel_ids[:1], "gateway_unreadable", causes, blocking=False)


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[
            ("gateway_unreadable", "Unreadable transaction"),
            ("payment_unknown", "Payment not recognised"),
            ("payment_differs", "Amount paid differs"),
        ],
        ondelete={
            "gateway_unreadable": "cascade",
            "payment_unknown": "cascade",
            "payment_differs": "cascade",
        },
    )

    def _fix_gateway_unreadable(self, _same):
        self.env["ecom.gateway"].browse(self.data["gateway"]).exists()._wake()

    _fix_payment_unknown = _fix_gateway_unreadable

    def _fix_payment_differs(self, _same):
        """A person saw it: nothing is left to do."""
