import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

import { useProgress } from "./follow_progress";

/** A form that follows long work while it is looked at; what is being typed stays. */
export class ProgressFormController extends FormController {
    setup() {
        super.setup();
        useProgress(async () => {
            if (!(await this.model.root.isDirty())) {
                await this.model.load();
            }
        });
    }
}

registry.category("views").add("ecom_progress_form", {
    ...formView,
    Controller: ProgressFormController,
});
