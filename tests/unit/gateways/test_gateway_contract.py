"""Every gateway there is runs the contract; and what holds for the package: nothing of Odoo is in it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from gateway_contract import GatewayContract

import gateways
from gateways.base import GatewayCapabilities, gateway_class, gateway_codes

CODES = [code for code, _name in gateway_codes()]
PACKAGE = Path(gateways.__file__).parent


class TestEveryGateway(GatewayContract):
    """Whatever is registered."""

    @pytest.fixture(autouse=True, params=CODES)
    def which(self, request: pytest.FixtureRequest) -> None:
        self.code = request.param


def test_there_is_no_other() -> None:
    with pytest.raises(KeyError):
        gateway_class("none")


def test_what_cannot_be_read_has_a_name() -> None:
    assert gateway_class("stripe").raw_id({"id": "txn_1"}) == gateway_class("file").raw_id({"id": "txn_1"}) == "txn_1"
    assert gateway_class("paypal").raw_id({"transaction_info": {"transaction_id": "8XJ"}}) == "8XJ"
    assert gateway_class("paypal").raw_id({"dispute_id": "PP-D-1"}) == "PP-D-1"
    assert gateway_class("paypal").raw_id({"transaction_info": None}) == ""


def test_nobody_needs_to_know_which_gateway_it_is() -> None:
    """Each differs from the next in what it declares."""
    seen: list[GatewayCapabilities] = []
    for code in CODES:
        assert gateway_class(code).capabilities not in seen, code
        seen.append(gateway_class(code).capabilities)


def test_the_wall() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [str(node.module)]
            for name in names:
                assert name.split(".")[0] != "odoo", path
                assert name.split(".")[0] != "platforms" or path.name == "shared.py", path
        assert len(path.read_text().splitlines()) < 400, path


def test_it_works_under_the_name_that_odoo_gives_it() -> None:
    addons = PACKAGE.parents[1]
    program = f"""
import sys, types
def package(name, folder):
    module = types.ModuleType(name)
    module.__path__ = [folder]
    sys.modules[name] = module
package("odoo", "")
package("odoo.addons", r"{addons}")
package("odoo.addons.ecom_connector", r"{addons / "ecom_connector"}")
package("odoo.addons.ecom_payments", r"{addons / "ecom_payments"}")
from odoo.addons.ecom_payments.gateways.base import PlatformError, gateway_codes
from odoo.addons.ecom_connector.platforms.errors import PlatformError as theirs
assert PlatformError is theirs and "platforms" not in sys.modules
print(len(gateway_codes()))
"""
    found = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == str(len(CODES)), found.stderr
