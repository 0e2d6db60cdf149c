// Tells Odoo which order, product or customer changed: ids only, Odoo fetches what is new.
// The raw body is signed with HMAC-SHA256 in base64. A delivery that fails is not repeated: Odoo also looks by itself.
const crypto = require("node:crypto")
const { ContainerRegistrationKeys } = require("@medusajs/framework/utils")
const { read } = require("../lib/odoo-webhooks")

const EVENTS = [
  "order.placed",
  "order.updated",
  "order.canceled",
  "order.completed",
  "order.archived",
  "order.fulfillment_created",
  "order.fulfillment_canceled",
  "order.return_requested",
  "order.return_received",
  "order.exchange_created",
  "order.claim_created",
  "order-edit.confirmed",
  "shipment.created",
  "delivery.created",
  "payment.captured",
  "payment.refunded",
  "product.created",
  "product.updated",
  "product.deleted",
  "product-variant.created",
  "product-variant.updated",
  "product-variant.deleted",
  "customer.created",
  "customer.updated",
  "customer.deleted",
]

// Where the order or product is found, of events that name something below it.
const OWNERS = {
  payment: { entity: "payment", path: "payment_collection.order.id", kind: "order" },
  shipment: { entity: "fulfillment", path: "order.id", kind: "order" },
  delivery: { entity: "fulfillment", path: "order.id", kind: "order" },
  "product-variant": { entity: "product_variant", path: "product_id", kind: "product" },
}

async function subject(name, data, container) {
  const [source] = name.split(".")
  const owner = OWNERS[source]
  if (data.order_id) return { kind: "order", id: data.order_id }
  if (!owner) return { kind: source === "order-edit" ? "order" : source, id: data.id }
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data: rows } = await query.graph({ entity: owner.entity, fields: [owner.path], filters: { id: data.id } })
  return { kind: owner.kind, id: owner.path.split(".").reduce((found, key) => found?.[key], rows[0]) }
}

exports.default = async function tellOdoo({ event, container }) {
  const { webhooks } = await read(container)
  if (!webhooks.length) return
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const { kind, id } = await subject(event.name, event.data, container)
  if (!id) return
  const delivery = { delivery: crypto.randomUUID(), event: event.name, kind, id, at: new Date().toISOString() }
  const body = JSON.stringify(delivery)
  for (const { address, secret } of webhooks) {
    const signature = crypto.createHmac("sha256", secret).update(body).digest("base64")
    const headers = {
      "content-type": "application/json",
      "x-medusa-topic": event.name,
      "x-medusa-signature": signature,
    }
    try {
      const answer = await fetch(address, { method: "POST", headers, body, signal: AbortSignal.timeout(5000) })
      if (!answer.ok) logger.warn(`Odoo answered ${answer.status} to ${event.name}`)
    } catch (error) {
      logger.warn(`Odoo could not be told of ${event.name}: ${error.message}`)
    }
  }
}

exports.config = { event: EVENTS }
