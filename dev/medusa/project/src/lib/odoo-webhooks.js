// Which addresses of Odoo are told what changes, kept with the store: [{ address, secret }].
const { Modules } = require("@medusajs/framework/utils")

const KEY = "odoo_webhooks"

async function read(container) {
  const [store] = await container.resolve(Modules.STORE).listStores({}, { take: 1 })
  return { store, webhooks: store?.metadata?.[KEY] ?? [] }
}

async function write(container, change) {
  const { store, webhooks } = await read(container)
  const changed = change(webhooks)
  await container.resolve(Modules.STORE).updateStores(store.id, { metadata: { ...store.metadata, [KEY]: changed } })
  return changed
}

module.exports = { read, write }
