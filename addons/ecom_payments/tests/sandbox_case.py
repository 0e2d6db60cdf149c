"""What tests of payments against the sandbox start from: its server, to which each adds the sites that it needs."""

import json
from urllib.request import Request, urlopen

from odoo.tests.common import _super_send

from .payments_case import PaymentsCase


class SandboxCase(PaymentsCase):
    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """The sandbox listens on this machine, where Odoo's tests let nobody call."""
        return _super_send(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        try:
            from sandbox.server import Sandbox, Server
        except ImportError:
            self.skipTest("the sandbox is part of the checkout, not of the addon")
        self.sandbox = Sandbox()
        self.server = self.enterContext(Server(self.sandbox))

    def control(self, action, values):
        """Have something happen there: ``stripe/charges`` and the like."""
        request = Request(
            f"{self.server.url}/sandbox/{action}", json.dumps(values).encode(), {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)
