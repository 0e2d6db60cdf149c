"""The sandbox as a process: ready line, faults on real connections, the call log, state that survives a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from sandbox_support import API, KEY, ROOT, SECRET, ShopClient, oauth_query, oauth_url

from sandbox.server import Sandbox, Server
from sandbox.woocommerce.site import WooCommerceSite


@contextmanager
def process(*options: str, cwd: Path = ROOT) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``python -m sandbox`` on a free port; gives its URL."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--consumer-key", KEY, "--consumer-secret", SECRET]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.Popen([*command, *options], cwd=cwd, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert found.stdout is not None
        word, url = found.stdout.readline().split()
        assert word == "ready"
        yield url, found
    finally:
        found.kill()
        found.wait()


def create_order(url: str, **body: Any) -> requests.Response:
    target = f"{url}{API}/orders"
    return requests.post(target, params=oauth_query("POST", target), json=body, timeout=5)


def read(url: str, path: str, **params: str) -> Any:
    return requests.get(oauth_url("GET", f"{url}{API}/{path}", **params), timeout=5).json()


def test_state_survives_a_kill_and_a_restart(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "state"))
    with process(*options) as (url, running):
        sku = "VET-TSHIRT-NOI-M"
        order = create_order(url, line_items=[{"sku": sku, "quantity": 2}], set_paid=True).json()
        stock = read(url, "products", sku=sku)[0]["stock_quantity"]
        running.send_signal(signal.SIGKILL)
        running.wait()
    with process(*options) as (url, running):
        again = read(url, f"orders/{order['id']}")
        assert (again["status"], again["total"]) == (order["status"], order["total"])
        assert read(url, "products", sku=sku)[0]["stock_quantity"] == stock
        assert create_order(url).json()["id"] > order["id"]
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=5) == 0


def test_it_never_imports_odoo_or_the_addons() -> None:
    code = "import sandbox.__main__, sys; print([m for m in sys.modules if m.split('.')[0] in ('odoo', 'addons')])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    sandbox = Sandbox()
    sandbox.sites.append(WooCommerceSite(sandbox, KEY, SECRET))
    with Server(sandbox) as server:
        yield server.url


@pytest.fixture(autouse=True)
def no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "url" in request.fixturenames:
        base = request.getfixturevalue("url")
        requests.delete(f"{base}/sandbox/faults", timeout=5)
        requests.delete(f"{base}/sandbox/calls", timeout=5)


def set_fault(url: str, **fault: Any) -> None:
    assert requests.post(f"{url}/sandbox/faults", json=fault, timeout=5).status_code == 200


def test_a_forced_status_with_headers_and_a_bounded_count(url: str) -> None:
    set_fault(
        url, path=f"{API}/orders*", method="GET", kind="status", status=429, headers={"Retry-After": "1"}, times=2
    )
    target = f"{url}{API}/orders"
    answers = [requests.get(oauth_url("GET", target), timeout=5) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "1"
    assert requests.get(f"{url}/sandbox/faults", timeout=5).json()["faults"][0]["struck"] == 2


@pytest.mark.parametrize("kind", ["drop_connection", "timeout", "lost_answer"])
def test_lost_connections(url: str, kind: str) -> None:
    """The client gets no answer; only ``lost_answer`` has created the order."""
    before = len(read(url, "orders", per_page="100"))
    set_fault(url, path=f"{API}/orders", method="POST", kind=kind, times=1, seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        create_order(url)
    assert len(read(url, "orders", per_page="100")) - before == (1 if kind == "lost_answer" else 0)
    lost = [call for call in requests.get(f"{url}/sandbox/calls", timeout=5).json()["calls"] if call["fault"]]
    assert [(call["method"], call["status"], call["fault"]) for call in lost] == [("POST", 0, kind)]


def test_a_lost_answer_may_be_a_gateways(url: str) -> None:
    set_fault(url, path=f"{API}/orders", method="POST", kind="lost_answer", status=504, times=1)
    before = len(read(url, "orders", per_page="100"))
    assert create_order(url).status_code == 504
    assert len(read(url, "orders", per_page="100")) == before + 1


def test_slow_answers_and_broken_json(url: str) -> None:
    set_fault(url, path=f"{API}/products", kind="slow", seconds=0.15, times=1)
    started = time.monotonic()
    assert read(url, "products")
    assert time.monotonic() - started >= 0.15
    set_fault(url, path=f"{API}/products", kind="bad_json", times=1)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        read(url, "products")


def test_a_probable_fault_strikes_now_and_then(url: str) -> None:
    set_fault(url, path=f"{API}/taxes", kind="status", status=500, probability=0.5)
    statuses = {requests.get(oauth_url("GET", f"{url}{API}/taxes"), timeout=5).status_code for _ in range(40)}
    assert statuses == {200, 500}


@pytest.mark.parametrize("fault", [{"kind": "nothing"}, {"kind": "status"}, {"kind": "slow", "colour": "red"}])
def test_wrong_faults_are_refused(url: str, fault: dict[str, Any]) -> None:
    assert requests.post(f"{url}/sandbox/faults", json=fault, timeout=5).status_code == 400


def test_the_call_log_has_no_secrets_and_can_be_filtered(url: str) -> None:
    read(url, "products", per_page="2")
    create_order(url)
    log = f"{url}/sandbox/calls"
    calls = requests.get(log, timeout=5).json()["calls"]
    assert [(call["method"], call["path"], call["query"]) for call in calls] == [
        ("GET", f"{API}/products", "per_page=2"),
        ("POST", f"{API}/orders", ""),
    ]
    assert all(call["ms"] > 0 and call["size"] > 0 for call in calls)
    assert requests.get(log, params={"method": "post"}, timeout=5).json()["count"] == 1
    assert requests.get(log, params={"path": "*/products*", "status": 200}, timeout=5).json()["count"] == 1
    assert requests.get(log, params={"since": calls[0]["number"]}, timeout=5).json()["count"] == 1
    assert requests.delete(log, timeout=5).json()["count"] == 0


def test_small_answers_come_at_once(url: str) -> None:
    """There are no delays between packets: one of many comes at once, however busy the machine is."""
    target = f"{url}{API}/data/currencies/current"

    def seconds() -> float:
        started = time.monotonic()
        requests.get(oauth_url("GET", target), timeout=5)
        return time.monotonic() - started

    assert any(seconds() < 0.02 for _ in range(200))


def test_a_hundred_orders_are_quick_and_so_are_five_hundred_new_ones(url: str) -> None:
    taken = []
    for seed in range(3):
        started = time.monotonic()
        body = {"count": 500, "seed": seed}
        assert requests.post(f"{url}/sandbox/orders/random", json=body, timeout=30).json()["count"] == 500
        taken.append(time.monotonic() - started)
    assert min(taken) < 6
    best = 5.0
    for _ in range(5):
        started = time.monotonic()
        assert len(requests.get(oauth_url("GET", f"{url}{API}/orders", per_page="100"), timeout=5).content) > 100_000
        best = min(best, time.monotonic() - started)
    assert best < 0.5
    requests.post(f"{url}/sandbox/reset", timeout=30)
    assert read(url, "orders") == []


def test_concurrent_orders_lose_no_stock(url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    sku = "MAI-MUG-BLEU"
    before = read(url, "products", sku=sku)[0]["stock_quantity"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: create_order(url, line_items=[{"sku": sku}], status="processing"), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 24
    assert read(url, "products", sku=sku)[0]["stock_quantity"] == before - 24


def test_the_clock_can_be_moved(demo: ShopClient) -> None:
    demo.control("clock", {"now": "2030-01-02T03:04:05+00:00"})
    assert demo.post("orders", {})["date_created_gmt"].startswith("2030-01-02T03:04:0")
    demo.control("clock", {"advance": 3600})
    assert demo.post("orders", {})["date_created_gmt"].startswith("2030-01-02T04:04:0")


def test_memory_only_leaves_nothing_behind(tmp_path: Path) -> None:
    with process(cwd=tmp_path) as (url, _):
        assert create_order(url).status_code == 201
    assert list(tmp_path.iterdir()) == []
