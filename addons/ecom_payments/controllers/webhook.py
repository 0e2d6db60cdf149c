import logging
from datetime import datetime, timezone

from odoo import http
from odoo.addons.ecom_connector.controllers.webhook import MAX_BODY_BYTES
from odoo.http import request

from ..gateways.base import PlatformError

_logger = logging.getLogger(__name__)


class EcomGatewayWebhook(http.Controller):
    """Where gateways call: check the signature on the raw body, keep the hint, answer; the lane does the rest."""

    @http.route(
        "/ecom/gateway/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY_BYTES,
    )
    def receive(self, token, **_form):
        gateway = request.env["ecom.gateway"].sudo().search([("webhook_token", "=", token)], limit=1)
        if not gateway:
            return request.make_json_response({"error": "unknown address"}, status=404)
        headers = request.httprequest.headers
        body = request.httprequest.get_data()
        # Some gateways have to be asked whether a delivery is theirs: nothing is held while they think, and one that
        # cannot be asked has to deliver again.
        connection = gateway._connection(retries=0)
        gateway._before_http()
        try:
            genuine = connection.verify_webhook(headers, body, datetime.now(timezone.utc))
        except PlatformError as error:
            _logger.warning("Gateway %s: a webhook could not be verified (%s)", gateway.id, error.code)
            return request.make_json_response({"error": "later"}, status=503)
        if not genuine:
            _logger.warning("Gateway %s: a webhook without a valid signature was refused", gateway.id)
            return request.make_json_response({"error": "signature"}, status=401)
        try:
            hint = connection.parse_webhook(headers, body)
        except ValueError:
            return request.make_json_response({"error": "no event"}, status=400)
        if not gateway._keep_hint(hint):
            return request.make_json_response({"status": "known"})
        return request.make_json_response({"status": "accepted"}, status=202)
