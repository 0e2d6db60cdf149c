import { Component, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";

/** A text that is hidden when its record says that it is a secret. */
export class CredentialField extends Component {
    static template = xml`<CharField t-props="charProps"/>`;
    static components = { CharField };
    static props = CharField.props;

    get charProps() {
        return { ...this.props, isPassword: this.props.record.data.secret };
    }
}

registry.category("fields").add("ecom_credential", {
    ...charField,
    component: CredentialField,
    fieldDependencies: [{ name: "secret", type: "boolean" }],
});
