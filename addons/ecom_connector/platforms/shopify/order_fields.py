"""What is read of an order. One composition for pages, single orders and bulk operations, so that raws are alike.

Amounts are asked for in the currency that the customer was charged (``presentmentMoney``); of the totals the shop's
own is kept beside. A bulk operation takes five connections at most, none of them inside a plain list (shopify.dev,
"bulk operations"): refunds are listed without their lines, which are read for those orders that have any, and so are
customs duties.
"""

from __future__ import annotations

MONEY = "{ presentmentMoney { amount } }"
BOTH = "{ presentmentMoney { amount currencyCode } shopMoney { amount currencyCode } }"

_TAX_LINES = f"taxLines {{ title ratePercentage channelLiable priceSet {MONEY} }}"
_ALLOCATIONS = (
    f"discountAllocations {{ allocatedAmountSet {MONEY} "
    "discountApplication { index ... on DiscountCodeApplication { code } } }"
)
_ADDRESS = "{ name company address1 address2 city zip provinceCode province countryCodeV2 phone }"

LINE = f"""
      id name title variantTitle sku quantity currentQuantity requiresShipping isGiftCard
      originalUnitPriceSet {MONEY}
      {_ALLOCATIONS}
      {_TAX_LINES}
      variant {{ id barcode }}
      product {{ id }}
      customAttributes {{ key value }}
"""

DUTIES = f"id duties {{ id price {MONEY} {_TAX_LINES} }}"

SHIPPING_LINE = f"id title code source discountedPriceSet {MONEY} {_ALLOCATIONS} {_TAX_LINES}"

FULFILLMENT_ORDER = """
      id status fulfillAt
      fulfillmentHolds { displayReason reasonNotes }
      deliveryMethod { methodType presentedName sourceReference }
      destination { firstName lastName company address1 address2 city zip province countryCode phone }
      assignedLocation { name address1 address2 city zip countryCode phone location { id } }
"""

RETURN = "id name status totalQuantity createdAt"


REFUND_LINE = f"quantity restockType lineItem {{ id }} subtotalSet {MONEY} totalTaxSet {MONEY}"

# What is read of a refund beside what its order tells of it.
REFUND = f"""
  refundLineItems(first: 100) {{ nodes {{ {REFUND_LINE} }} pageInfo {{ hasNextPage endCursor }} }}
  transactions(first: 1) {{ nodes {{ id status }} }}
  refundShippingLines(first: 10) {{
    nodes {{ shippingLine {{ id }} subtotalAmountSet {MONEY} taxAmountSet {MONEY} }}
  }}
"""


def order(lines: str = "", one: str = "", two: str = "") -> str:
    """The fields of an order; given are the arguments of its list of lines, and of those lists that most orders have
    one or two rows of."""
    return f"""
    id name createdAt processedAt updatedAt cancelledAt cancelReason closedAt test edited
    displayFinancialStatus displayFulfillmentStatus returnStatus presentmentCurrencyCode currencyCode
    taxesIncluded dutiesIncluded email phone note poNumber customerLocale sourceName tags paymentGatewayNames
    customAttributes {{ key value }}
    totalPriceSet {BOTH}
    totalTaxSet {BOTH}
    totalTipReceivedSet {MONEY}
    originalTotalDutiesSet {MONEY}
    customer {{
      id displayName locale
      defaultEmailAddress {{ emailAddress }}
      defaultPhoneNumber {{ phoneNumber }}
    }}
    purchasingEntity {{
      ... on PurchasingCompany {{
        company {{ id name externalId }}
        location {{ id name externalId taxSettings {{ taxRegistrationId }} }}
      }}
    }}
    billingAddress {_ADDRESS}
    shippingAddress {_ADDRESS}
    additionalFees {{ id name price {MONEY} {_TAX_LINES} }}
    transactions {{
      id kind status gateway formattedGateway paymentId createdAt processedAt
      amountSet {MONEY}
      parentTransaction {{ id }}
    }}
    refunds {{ id createdAt note totalRefundedSet {MONEY} return {{ id }} }}
    fulfillments {{ id status createdAt trackingInfo {{ number company url }} }}
    risk {{ recommendation assessments {{ riskLevel }} }}
    lineItems{lines} {{ PAGE{{ {LINE} }} }}
    shippingLines{one} {{ PAGE{{ {SHIPPING_LINE} }} }}
    fulfillmentOrders{two} {{ PAGE{{ {FULFILLMENT_ORDER} }} }}
    returns{one} {{ PAGE{{ {RETURN} }} }}
"""


def paged(fields: str) -> str:
    """With lists as pages."""
    return _with_lists(fields, "nodes ", " pageInfo { hasNextPage endCursor }")


def in_bulk(fields: str) -> str:
    """With lists as bulk operations take them."""
    return _with_lists(fields, "edges { node ", " }")


def _with_lists(fields: str, before: str, after: str) -> str:
    """``PAGE{ … }`` marks what is asked of each row of a list."""
    found = []
    rest = fields
    while True:
        head, mark, rest = rest.partition("PAGE{")
        found.append(head)
        if not mark:
            return "".join(found)
        depth = 1
        end = next(
            index for index, character in enumerate(rest) if (depth := depth + {"{": 1, "}": -1}.get(character, 0)) == 0
        )
        found.append(f"{before}{{{rest[: end + 1]}{after}")
        rest = rest[end + 1 :]
