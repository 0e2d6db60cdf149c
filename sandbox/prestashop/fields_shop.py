"""The fields of what a shop is set up with, as :mod:`fields` reads them."""

TABLE = """
[configurations configuration configurations]
value name*:isConfigName/254 id_shop_group:isUnsignedId id_shop:isUnsignedId date_add:isDate date_upd:isDate

[countries country countries]
id_zone*:isUnsignedId>zones id_currency:isUnsignedId>currencies call_prefix:isInt iso_code*:isLanguageIsoCode/3
active:isBool contains_states*:isBool need_identification_number*:isBool need_zip_code:isBool
zip_code_format:isZipCodeFormat/12 display_tax_label*:isBool name*@:isGenericName/64

[states state states]
id_zone*:isUnsignedId>zones id_country*:isUnsignedId>countries iso_code*:isStateIsoCode/7 name*:isGenericName/80
active:isBool

[zones zone zones]
name*:isGenericName/64 active:isBool

[currencies currency currencies]
names@ name*~:isGenericName/255 symbol@/255 iso_code*:isLanguageIsoCode/3 numeric_iso_code:isNumericIsoCode/3
precision:isInt conversion_rate*:isUnsignedFloat deleted:isBool active:isBool unofficial:isBool modified:isBool
pattern@/255

[languages language languages]
name*:isGenericName/32 iso_code*:isLanguageIsoCode/2 locale:isLocale/5 language_code:isLanguageCode/5 active:isBool
is_rtl:isBool date_format_lite*:isPhpDateFormat/32 date_format_full*:isPhpDateFormat/32

[taxes tax taxes]
rate*:isFloat active deleted name*@:isGenericName/32

[tax_rules tax_rule tax_rules]
id_tax_rules_group*:isUnsignedId>tax_rule_groups id_state:isUnsignedId>states id_country*:isUnsignedId>countries
zipcode_from:isPostCode/12 zipcode_to:isPostCode/12 id_tax*:isUnsignedId behavior:isUnsignedInt
description:isString/100

[tax_rule_groups tax_rule_group tax_rule_groups]
name*:isGenericName/64 active:isBool deleted:isBool date_add:isDate date_upd:isDate

[carriers carrier carriers]
deleted:isBool is_module:isBool id_tax_rules_group~>tax_rule_groups id_reference name*:isCarrierName/64
active*:isBool is_free:isBool url:isAbsoluteUrl/255 shipping_handling:isBool shipping_external range_behavior:isBool
shipping_method:isUnsignedInt max_width:isUnsignedInt max_height:isUnsignedInt max_depth:isUnsignedInt
max_weight:isFloat grade:isUnsignedInt/1 external_module_name/64 need_range position delay*@:isGenericName/512

[shops shop shops]
id_shop_group*>shop_groups id_category* active:isBool deleted:isBool name*:isGenericName/64 color:isColor/50
theme_name:isThemeName/255

[shop_groups shop_group shop_groups]
name*:isGenericName/64 color:isColor/50 share_customer:isBool share_order:isBool share_stock:isBool active:isBool
deleted:isBool

[employees employee employees]
id_lang*:isUnsignedInt>languages last_passwd_gen! stats_date_from!:isDate stats_date_to!:isDate
stats_compare_from!:isDate stats_compare_to!:isDate passwd*:isHashedPassword/255 lastname*:isName/255
firstname*:isName/255 email*:isEmail/255 active:isBool id_profile*:isInt bo_color:isColor/32 default_tab:isInt
bo_theme:isGenericName/32 bo_css:isGenericName/64 bo_width:isUnsignedInt bo_menu:isBool
stats_compare_option:isUnsignedInt preselect_date_range/32 id_last_order:isUnsignedInt
id_last_customer_message:isUnsignedInt id_last_customer:isUnsignedInt reset_password_token:isSha1/40
reset_password_validity:isDateOrNull has_enabled_gravatar:isBool

[contacts contact contacts]
email:isEmail/255 customer_service:isBool name*@:isGenericName/255 description@:isString
"""
