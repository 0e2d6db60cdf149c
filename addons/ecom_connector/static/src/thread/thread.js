import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The chain from an order to the bank: what there is, and in red what is missing. */
export class Thread extends Component {
    static template = "ecom_connector.Thread";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ thread: null });
        onWillStart(async () => {
            const { model, id } = this.props.action.params;
            const thread = await this.orm.call("ecom.thread", "get_thread", [model, id]);
            this.env.config.setDisplayName(thread.title);
            this.state.thread = thread;
        });
    }

    open({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("ecom_thread", Thread);
