import { onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";

const PAUSE_MS = 3000;

/** The dashboard of channels: it follows a long import while it is looked at. */
export class ChannelDashboardController extends KanbanController {
    setup() {
        super.setup();
        this.timer = null;
        const bus = useService("bus_service");
        const follow = () => this.reloadSoon();
        bus.subscribe("ecom.channel/progress", follow);
        onWillUnmount(() => {
            bus.unsubscribe("ecom.channel/progress", follow);
            clearTimeout(this.timer);
        });
    }

    reloadSoon() {
        this.timer ??= setTimeout(async () => {
            this.timer = null;
            await this.model.load();
        }, PAUSE_MS);
    }
}

registry.category("views").add("ecom_channel_dashboard", {
    ...kanbanView,
    Controller: ChannelDashboardController,
});
