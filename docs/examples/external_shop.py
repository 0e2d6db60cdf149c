"""An external shop: pushes an order, asks what became of it, reads stock and parcels. Nothing but Python is needed.

python3 external_shop.py https://odoo.example DATABASE LOGIN API_KEY CHANNEL
"""

import sys
import time
import xmlrpc.client

url, database, login, key, channel = sys.argv[1:]
uid = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").authenticate(database, login, key, {})
server = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")


def call(method, *arguments):
    return server.execute_kw(database, uid, key, "ecom.api", method, arguments)


print("connected, channels:", call("ping")["channels"])
product = call("product_list", channel)["items"][0]  # the first page; go on with its cursor while "more" is true
print("free:", call("stock_get", channel, [product["sku"]])[0]["quantity"], product["sku"])

order = {
    "external_ref": "EXAMPLE-1",  # the same reference is the same order: sending it again changes nothing
    "state": "confirmed",
    "currency": "EUR",
    "created_at": "2026-11-02T10:00:00Z",
    "updated_at": "2026-11-02T10:00:00Z",  # a later moment with other content is a new version
    "prices_include_tax": True,
    "total": "28.80",
    "total_tax": "4.80",
    "billing": {"name": "Marie Durand", "street": "1 rue de la Paix", "zip": "75002", "city": "Paris", "country": "FR"},
    "lines": [
        {"id": "1", "sku": product["sku"], "name": product["name"], "quantity": 2, "net": "24.00",
         "taxes": [{"code": "FR20", "amount": "4.80"}]},
    ],
    "taxes": [{"code": "FR20", "label": "TVA 20 %", "rate": "20", "country": "FR"}],
    "payments": [{"method": "card", "amount": "28.80", "paid_at": "2026-11-02T10:00:05Z"}],
}  # fmt: skip
for result in call("order_push", channel, [order]):
    print(result["ref"], result["status"], *(f"{e['field']}: {e['message']} {e['remedy']}" for e in result["errors"]))
while (status := call("order_status", channel, ["EXAMPLE-1"])[0])["status"] == "received":
    time.sleep(0.2)
print("in Odoo:", status["sale_order"], status["sale_state"], status["total"])

cursor = ""  # keep it between two runs, so that nothing is read twice
page = call("tracking_list", channel, cursor)
for item in page["items"]:
    print(item["ref"], item["kind"], item.get("state", ""), *(parcel["number"] for parcel in item.get("parcels", [])))
cursor = page["cursor"]
