// GET, POST { address, secret } and DELETE ?address= of the addresses that are told. Secrets are never shown.
const { read, write } = require("../../../lib/odoo-webhooks")

const shown = (webhooks) => ({ webhooks: webhooks.map(({ address }) => ({ address })) })

exports.GET = async (request, response) => {
  response.json(shown((await read(request.scope)).webhooks))
}

exports.POST = async (request, response) => {
  const { address, secret } = request.body ?? {}
  if (typeof address !== "string" || !/^https?:\/\//.test(address) || typeof secret !== "string" || !secret) {
    response.status(400).json({ type: "invalid_data", message: "address and secret are required" })
    return
  }
  const others = (webhooks) => webhooks.filter((webhook) => webhook.address !== address)
  response.json(shown(await write(request.scope, (webhooks) => [...others(webhooks), { address, secret }])))
}

exports.DELETE = async (request, response) => {
  const { address } = request.query
  response.json(shown(await write(request.scope, (webhooks) => webhooks.filter((one) => one.address !== address))))
}
