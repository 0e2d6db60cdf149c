import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";

import { useProgress } from "../progress/follow_progress";

/** The dashboard of channels: it follows a long import while it is looked at. */
export class ChannelDashboardController extends KanbanController {
    setup() {
        super.setup();
        useProgress(() => this.model.load());
    }
}

registry.category("views").add("ecom_channel_dashboard", {
    ...kanbanView,
    Controller: ChannelDashboardController,
});
