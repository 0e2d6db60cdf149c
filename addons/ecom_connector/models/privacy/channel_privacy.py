import logging

from odoo import fields, models

_logger = logging.getLogger(__name__)

BATCH = 50


class EcomChannel(models.Model):
    """The orders lane carries out what customers ask by law: without a call, as the shop's message says it all."""

    _inherit = "ecom.channel"

    def _wants_hint(self, hint):
        return super()._wants_hint(hint) or hint.kind == "privacy"

    def _fetch_hinted(self, platform):
        return super()._fetch_hinted(platform) or self._look_after_privacy(platform)

    def _look_after_privacy(self, platform):
        """:return: whether there was something to do."""
        events = self.env["ecom.event"]._waiting(self, "privacy", BATCH)
        waiting = self.env["ecom.privacy.request"].search(
            [("channel_id", "=", self.id), ("state", "=", "open"), ("look_at", "<=", fields.Datetime.now())],
            limit=BATCH,
        )
        if not events and not waiting:
            return False
        asked, unreadable = {}, []
        for event in events:
            try:
                asked[event.event_id] = platform.parse_privacy_request((event.body or "").encode())
            except ValueError as error:
                unreadable.append((event, str(error)))

        def carry_out():
            for event, error in unreadable:
                self.env["ecom.issue"]._raise(
                    self,
                    "privacy_request",
                    key=f"event {event.id}",
                    message=self.env._(
                        "The shop passed on a customer's request that could not be read (%(error)s). Look at the "
                        "event, and do what it asks within 30 days.",
                        error=error,
                    ),
                    data={"request": False},
                )
            self.env["ecom.privacy.request"]._receive(self, asked)
            waiting._carry_out()
            events._done()

        self._in_transaction(carry_out)
        return True

    def _solve_privacy_issue(self, request):
        issues = self.env["ecom.issue"].search(
            [("channel_id", "=", self.id), ("code", "=", "privacy_request"), ("key", "=", str(request.id))]
        )
        issues._solve()
