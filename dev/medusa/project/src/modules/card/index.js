// A card gateway for the tests: it authorises whatever it is asked, captures when told, and keeps nothing.
const { randomUUID } = require("node:crypto")
const { AbstractPaymentProvider, ModuleProvider, Modules } = require("@medusajs/framework/utils")

class CardProvider extends AbstractPaymentProvider {
  static identifier = "card"

  async initiatePayment() {
    const id = `ch_${randomUUID()}`
    return { id, data: { id } }
  }

  async authorizePayment({ data }) {
    return { status: "authorized", data }
  }

  async getPaymentStatus({ data }) {
    return { status: "authorized", data }
  }

  async getWebhookActionAndData() {
    return { action: "not_supported" }
  }

  async capturePayment({ data }) {
    return { data }
  }

  async refundPayment({ data }) {
    return { data }
  }

  async cancelPayment({ data }) {
    return { data }
  }

  async deletePayment({ data }) {
    return { data }
  }

  async retrievePayment({ data }) {
    return { data }
  }

  async updatePayment({ data }) {
    return { data }
  }
}

module.exports = ModuleProvider(Modules.PAYMENT, { services: [CardProvider] })
