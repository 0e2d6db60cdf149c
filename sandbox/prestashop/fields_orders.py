"""The fields of orders, carts, customers and what belongs to them, as :mod:`fields` reads them."""

TABLE = """
[orders order orders]
id_address_delivery*:isUnsignedId>addresses id_address_invoice*:isUnsignedId>addresses id_cart*:isUnsignedId>carts
id_currency*:isUnsignedId>currencies id_lang*:isUnsignedId>languages id_customer*:isUnsignedId>customers
id_carrier*:isUnsignedId>carriers current_state:isUnsignedId>order_states module*:isModuleName/255 invoice_number
invoice_date delivery_number delivery_date valid date_add:isDate date_upd:isDate shipping_number~ note
id_shop_group:isUnsignedId id_shop:isUnsignedId secure_key:isMd5/32 payment*:isGenericName/255 recyclable:isBool
gift:isBool gift_message:isCleanHtml mobile_theme:isBool total_discounts:isPrice total_discounts_tax_incl:isPrice
total_discounts_tax_excl:isPrice total_paid*:isPrice total_paid_tax_incl:isPrice total_paid_tax_excl:isPrice
total_paid_real*:isPrice total_products*:isPrice total_products_wt*:isPrice total_shipping:isPrice
total_shipping_tax_incl:isPrice total_shipping_tax_excl:isPrice carrier_tax_rate:isFloat total_wrapping:isPrice
total_wrapping_tax_incl:isPrice total_wrapping_tax_excl:isPrice round_mode:isUnsignedId round_type:isUnsignedId
conversion_rate*:isFloat reference/255
+ order_rows(order_row=): id product_id*>products product_attribute_id* product_quantity* product_name!
  product_reference! product_ean13! product_isbn! product_upc! product_price! id_customization>customizations
  unit_price_tax_incl! unit_price_tax_excl!

[order_details order_detail order_details]
id_order*:isUnsignedId>orders product_id:isUnsignedId>products product_attribute_id:isUnsignedId>combinations
product_quantity_reinjected:isUnsignedInt group_reduction:isFloat discount_quantity_applied:isInt
download_hash:isGenericName/255 download_deadline:isDateFormat id_order_invoice:isUnsignedId
id_warehouse*:isUnsignedId id_shop*:isUnsignedId id_customization:isUnsignedId product_name*:isGenericName
product_quantity*:isInt product_quantity_in_stock:isInt product_quantity_return:isUnsignedInt
product_quantity_refunded:isUnsignedInt product_price*:isPrice reduction_percent:isFloat reduction_amount:isPrice
reduction_amount_tax_incl:isPrice reduction_amount_tax_excl:isPrice product_quantity_discount:isFloat
product_ean13:isEan13/13 product_isbn:isIsbn/32 product_upc:isUpc/12 product_mpn:isMpn/40
product_reference:isReference/64 product_supplier_reference:isReference/64 product_weight:isFloat
tax_computation_method:isUnsignedId id_tax_rules_group:isInt ecotax:isFloat ecotax_tax_rate:isFloat
download_nb:isInt unit_price_tax_incl:isPrice unit_price_tax_excl:isPrice total_price_tax_incl:isPrice
total_price_tax_excl:isPrice total_shipping_price_tax_excl:isPrice total_shipping_price_tax_incl:isPrice
purchase_supplier_price:isPrice original_product_price:isPrice original_wholesale_price:isPrice
total_refunded_tax_excl:isPrice total_refunded_tax_incl:isPrice
+ taxes(tax): id

[order_histories order_history order_histories]
id_employee:isUnsignedId>employees id_order_state*:isUnsignedId>order_states id_order*:isUnsignedId>orders
date_add:isDate

[order_carriers order_carrier order_carriers]
id_order*:isUnsignedId>orders id_carrier*:isUnsignedId>carriers id_order_invoice:isUnsignedId weight:isFloat
shipping_cost_tax_excl:isFloat shipping_cost_tax_incl:isFloat tracking_number:isTrackingNumber/64 date_add:isDate

[order_payments order_payment order_payments]
order_reference/255 id_currency*:isUnsignedId amount*:isPrice payment_method:isGenericName/255
conversion_rate:isFloat transaction_id/254 card_number/254 card_brand/254 card_expiration/254 card_holder/254
date_add:isDate id_employee:isUnsignedId

[order_invoices order_invoice order_invoices]
id_order*:isUnsignedId number*:isUnsignedId delivery_number:isUnsignedId delivery_date:isDateFormat
total_discount_tax_excl total_discount_tax_incl total_paid_tax_excl total_paid_tax_incl total_products
total_products_wt total_shipping_tax_excl total_shipping_tax_incl shipping_tax_computation_method
total_wrapping_tax_excl total_wrapping_tax_incl shop_address:isCleanHtml note date_add:isDate

[order_slip order_slip order_slips]
id_customer*:isUnsignedId>customers id_order*:isUnsignedId>orders conversion_rate*:isFloat
total_products_tax_excl*:isFloat total_products_tax_incl*:isFloat total_shipping_tax_excl*:isFloat
total_shipping_tax_incl*:isFloat amount:isFloat shipping_cost shipping_cost_amount:isFloat partial date_add:isDate
date_upd:isDate order_slip_type:isInt
+ order_slip_details(order_slip_detail=): id id_order_detail* product_quantity* amount_tax_excl* amount_tax_incl*

[order_cart_rules order_cart_rule order_cart_rules]
id_order*:isUnsignedId>orders id_cart_rule*:isUnsignedId id_order_invoice:isUnsignedId name*/254 value*:isFloat
value_tax_excl*:isFloat free_shipping:isBool deleted:isBool

[order_states order_state order_states]
unremovable:isBool delivery:isBool hidden:isBool send_email:isBool module_name:isModuleName/255 invoice:isBool
color:isColor/32 logable:isBool shipped:isBool paid:isBool pdf_delivery:isBool pdf_invoice:isBool deleted:isBool
name*@:isGenericName/64 template@:isTplName/64

[order_returns order_return order_returns]
id_customer*:isUnsignedId id_order*:isUnsignedId question:isCleanHtml state date_add:isDate date_upd:isDate

[carts cart carts]
id_address_delivery:isUnsignedId>addresses id_address_invoice:isUnsignedId>addresses
id_currency*:isUnsignedId>currencies id_customer:isUnsignedId>customers id_guest:isUnsignedId>guests
id_lang*:isUnsignedId>languages id_shop_group:isUnsignedId id_shop:isUnsignedId id_carrier:isUnsignedId
recyclable:isBool gift:isBool gift_message:isCleanHtml mobile_theme:isBool delivery_option secure_key/32
allow_seperated_package:isBool date_add:isDate date_upd:isDate
+ cart_rows(cart_row=): id_product*>products id_product_attribute*>combinations id_address_delivery*>addresses
  id_customization>customizations quantity*

[cart_rules cart_rule cart_rules]
id_customer:isUnsignedId date_from*:isDate date_to*:isDate description:isCleanHtml quantity:isUnsignedInt
quantity_per_user:isUnsignedInt priority:isUnsignedInt partial_use:isBool code:isCleanHtml/254
minimum_amount:isFloat minimum_amount_tax:isBool minimum_amount_currency:isInt minimum_amount_shipping:isBool
country_restriction:isBool carrier_restriction:isBool group_restriction:isBool cart_rule_restriction:isBool
product_restriction:isBool shop_restriction:isBool free_shipping:isBool reduction_percent:isPercentage
reduction_amount:isFloat reduction_tax:isBool reduction_currency:isUnsignedId reduction_product:isInt
reduction_exclude_special:isBool gift_product:isUnsignedId gift_product_attribute:isUnsignedId highlight:isBool
active:isBool date_add:isDate date_upd:isDate name*@/254

[messages message messages]
id_cart:isUnsignedId>carts id_order:isUnsignedId>orders id_customer:isUnsignedId>customers
id_employee:isUnsignedId>employees message*:isCleanHtml private:isBool date_add:isDate

[customer_threads customer_thread customer_threads]
id_lang*:isUnsignedId>languages id_shop:isUnsignedId>shops id_customer:isUnsignedId>customers
id_order:isUnsignedId>orders id_product:isUnsignedId>products id_contact*:isUnsignedId email:isEmail/255
token*:isGenericName/12 status date_add:isDate date_upd:isDate
+ customer_messages(customer_message): id

[customer_messages customer_message customer_messages]
id_employee:isUnsignedId>employees id_product:isUnsignedId>products id_customer_thread>customer_threads
ip_address:isIp2Long/16 message*:isCleanHtml file_name/18 user_agent/255 private:isBool date_add:isDate
date_upd:isDate read:isBool

[customers customer customers]
id_default_group>groups id_lang:isUnsignedId>languages newsletter_date_add ip_registration_newsletter/15
last_passwd_gen! secure_key!:isMd5/32 deleted:isBool passwd*:isHashedPassword/255 lastname*:isCustomerName/255
firstname*:isCustomerName/255 email*:isEmail/255 id_gender:isUnsignedId birthday:isBirthDate newsletter:isBool
optin:isBool website:isUrl/128 company:isGenericName/255 siret:isGenericName/14 ape:isApe/6
outstanding_allow_amount:isFloat show_public_prices:isBool id_risk:isUnsignedInt max_payment_days:isUnsignedInt
active:isBool note is_guest:isBool id_shop:isUnsignedId id_shop_group:isUnsignedId date_add:isDate date_upd:isDate
reset_password_token:isSha1/40 reset_password_validity:isDateOrNull
+ groups(group): id

[addresses address addresses]
id_customer:isNullOrUnsignedId>customers id_manufacturer:isNullOrUnsignedId>manufacturers
id_supplier:isNullOrUnsignedId>suppliers id_country*:isUnsignedId>countries id_state:isNullOrUnsignedId>states
id_warehouse:isNullOrUnsignedId alias*:isGenericName/32 company:isGenericName/255 lastname*:isName/255
firstname*:isName/255 vat_number:isGenericName/32 address1*:isAddress/128 address2:isAddress/128
postcode:isPostCode/12 city*:isCityName/64 other:isMessage phone:isPhoneNumber/32 phone_mobile:isPhoneNumber/32
dni:isDniLite/16 deleted:isBool date_add:isDate date_upd:isDate

[groups group groups]
reduction:isFloat price_display_method*:isPriceDisplayMethod show_prices:isBool date_add:isDate date_upd:isDate
name*@:isGenericName/32
"""
