import { xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { JsonField, jsonField } from "@web/views/fields/json/json_field";

/** A raw document, indented so that a person can read it. */
export class RawField extends JsonField {
    static template = xml`<pre class="o_ecom_raw mb-0" t-esc="formattedValue"/>`;

    get formattedValue() {
        const value = this.props.record.data[this.props.name];
        return value ? JSON.stringify(value, null, 2) : "";
    }
}

registry.category("fields").add("ecom_raw", { ...jsonField, component: RawField });
