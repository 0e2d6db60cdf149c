"""The fields of products and what belongs to them, as :mod:`fields` reads them."""

TABLE = """
[products product products]
id_manufacturer:isUnsignedId>manufacturers id_supplier:isUnsignedId>suppliers
id_category_default:isUnsignedId>categories new cache_default_attribute id_default_image~>images/products
id_default_combination~>combinations id_tax_rules_group:isUnsignedId>tax_rule_groups position_in_category~
manufacturer_name!~ quantity!~ type~ id_shop_default:isUnsignedId reference:isReference/64
supplier_reference:isReference/64 location:isString/255 width:isUnsignedFloat height:isUnsignedFloat
depth:isUnsignedFloat weight:isUnsignedFloat quantity_discount:isBool ean13:isGtin/14 isbn:isIsbn/32 upc:isUpc/12
mpn:isMpn/40 cache_is_pack:isBool cache_has_attachments:isBool is_virtual:isBool state:isUnsignedId
additional_delivery_times:isUnsignedId delivery_in_stock@:isGenericName/255 delivery_out_stock@:isGenericName/255
product_type:isGenericName on_sale:isBool online_only:isBool ecotax:isPrice minimal_quantity:isPositiveInt
low_stock_threshold:isInt low_stock_alert:isBool price*:isPrice wholesale_price:isPrice unity:isString/255
unit_price:isPrice unit_price_ratio additional_shipping_cost:isPrice customizable:isUnsignedInt
text_fields:isUnsignedInt uploadable_files:isUnsignedInt active:isBool redirect_type:isString
id_type_redirected:isUnsignedId available_for_order:isBool available_date:isDateFormat show_condition:isBool
condition:isGenericName show_price:isBool indexed:isBool visibility:isProductVisibility
advanced_stock_management:isBool date_add:isDate date_upd:isDate pack_stock_type:isUnsignedInt
meta_description@:isGenericName/512 meta_title@:isGenericName/255 link_rewrite@:isLinkRewrite/128
name@:isCatalogName/128 description@:isCleanHtml description_short@:isCleanHtml available_now@:isGenericName/255
available_later@:IsGenericName/255
+ categories(category): id*
+ images(image): id
+ combinations(combination): id*
+ product_option_values(product_option_value): id*
+ product_features(product_feature): id* id_feature_value*>product_feature_values
+ tags(tag): id*
+ stock_availables(stock_available): id* id_product_attribute*
+ attachments(attachment): id*
+ accessories(product>products): id*>products
+ product_bundle(product>products): id* id_product_attribute quantity

[combinations combination combinations]
id_product*:isUnsignedId>products ean13:isEan13/13 isbn:isIsbn/32 upc:isUpc/12 mpn:isMpn/40 reference/64
supplier_reference/64 wholesale_price:isNegativePrice/27 price:isNegativePrice/20 ecotax:isPrice/20 weight:isFloat
unit_price_impact:isNegativePrice/20 minimal_quantity*:isPositiveInt low_stock_threshold:isInt
low_stock_alert:isBool default_on:isBool available_date:isDateFormat available_now@:isGenericName/255
available_later@:IsGenericName/255
+ product_option_values(product_option_value): id
+ images(image>images/products): id

[categories category categories]
id_parent:isUnsignedInt>categories level_depth!:isUnsignedInt nb_products_recursive!~ active*:isBool
id_shop_default:isUnsignedId is_root_category:isBool position redirect_type:isString id_type_redirected:isUnsignedId
date_add:isDate date_upd:isDate name*@:isCatalogName/128 link_rewrite*@:isLinkRewrite/128 description@:isCleanHtml
additional_description@:isCleanHtml meta_title@:isGenericName/255 meta_description@:isGenericName/512
+ categories(category): id
+ products(product): id

[product_options product_option product_options]
is_color_group:isBool group_type*/255 position:isInt name*@:isGenericName/128 public_name*@:isGenericName/64
+ product_option_values(product_option_value): id

[product_option_values product_option_value product_option_values]
id_attribute_group*:isUnsignedId>product_options color:isColor/32 position:isInt name*@:isGenericName/128

[product_features product_feature product_features]
position:isInt name*@:isGenericName/128

[product_feature_values product_feature_value product_feature_values]
id_feature*:isUnsignedId>product_features custom:isBool position:isInt value*@:isGenericName/255

[product_suppliers product_supplier product_suppliers]
id_product*:isUnsignedId>products id_product_attribute*:isUnsignedId>combinations
id_supplier*:isUnsignedId>suppliers id_currency:isUnsignedId>currencies product_supplier_reference:isReference/64
product_supplier_price_te:isPrice

[stock_availables stock_available stock_availables -POST,-DELETE]
id_product*:isUnsignedId>products id_product_attribute*:isUnsignedId>combinations id_shop:isUnsignedId>shops
id_shop_group:isUnsignedId>shop_groups quantity*:isInt depends_on_stock*:isBool out_of_stock*:isInt
location:isString/255

[specific_prices specific_price specific_prices]
id_shop_group:isUnsignedId>shop_groups id_shop*:isUnsignedId>shops id_cart*:isUnsignedId>carts
id_product*:isUnsignedId>products id_product_attribute:isUnsignedId>product_attributes
id_currency*:isUnsignedId>currencies id_country*:isUnsignedId>countries id_group*:isUnsignedId>groups
id_customer*:isUnsignedId>customers id_specific_price_rule:isUnsignedId price*:isNegativePrice
from_quantity*:isUnsignedInt reduction*:isPrice reduction_tax*:isBool reduction_type*:isReductionType
from*:isDateFormat to*:isDateFormat

[manufacturers manufacturer manufacturers]
active link_rewrite!~ name*:isCatalogName/64 date_add date_upd description@:isCleanHtml
short_description@:isCleanHtml meta_title@:isGenericName/255 meta_description@:isGenericName/512
+ addresses(address): id>addresses

[suppliers supplier suppliers]
link_rewrite name*:isCatalogName/64 active date_add:isDate date_upd:isDate description@:isCleanHtml
meta_title@:isGenericName/255 meta_description@:isGenericName/512

[tags tag tags]
id_lang*:isUnsignedId>languages name*:isGenericName/32

[attachments attachment attachments]
file*:isGenericName/40 file_name:isGenericName/255 file_size:isUnsignedId mime*:isCleanHtml/128
name*@:isGenericName/255 description@:isCleanHtml
+ products(product): id*
"""
