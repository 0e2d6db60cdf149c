import logging

from odoo import http
from odoo.http import request
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

_logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 5 * 1024 * 1024


class EcomWebhook(http.Controller):
    """Where shops call: check the signature on the raw body, keep the event, answer; the lane does the rest."""

    @http.route(
        "/ecom/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY_BYTES,
    )
    def receive(self, token, **_form):
        channel = (
            request.env["ecom.channel"]
            .sudo()
            .search_fetch([("webhook_token", "=", token)], ["platform", "state", "webhook_secret"], limit=1)
        )
        if not channel:
            return request.make_json_response({"error": "unknown address"}, status=404)
        platform = channel._platform_class()
        headers = request.httprequest.headers
        body = request.httprequest.get_data()
        # Odoo has parsed a form-encoded body before this point: what the vendor's ping is recognised by is put back.
        if not body and request.httprequest.form:
            body = "&".join(f"{name}={value}" for name, value in request.httprequest.form.items()).encode()
        if platform.is_ping(headers, body):
            return request.make_json_response({"status": "pong"})
        if not platform.verify_webhook(channel._webhook_secret(), headers, body):
            _logger.warning("Channel %s: a webhook without a valid signature was refused", channel.id)
            return request.make_json_response({"error": "signature"}, status=401)
        hint = platform.parse_webhook(headers, body)
        wanted = channel._wants_hint(hint)
        try:
            with mute_logger("odoo.sql_db"):
                request.env["ecom.event"].sudo().create(
                    {
                        "channel_id": channel.id,
                        "event_id": hint.event_id,
                        "kind": hint.kind,
                        "external_id": hint.external_id,
                        "deleted": hint.deleted,
                        "body": body.decode(errors="replace"),
                        "state": "new" if wanted else "ignored",
                    }
                )
        except IntegrityError:
            request.env.cr.rollback()
            return request.make_json_response({"status": "known"})
        if wanted and channel.state == "connected":
            channel._wake(channel._hint_flow(hint))
        return request.make_json_response({"status": "accepted"}, status=202)
