import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { printFiles } from "./print_files";
import { ScanDesk } from "./scan_desk";

/** Keys of the keyboard, and what each of them means to the server. */
const KEYS = {
    F2: "missing",
    F3: "full",
    F4: "tracking",
    F6: "carrier",
    F7: "weight",
    F8: "label",
    F9: "ship",
    Delete: "back",
    Escape: "aside",
};

/** The packing station: full screen, for a scanner and a keyboard. */
export class Station extends ScanDesk {
    static template = "ecom_stock_sync.Station";
    static model = "ecom.station";
    static shown = { parcel: false, batches: [] };

    get keys() {
        const parcel = this.state.parcel;
        const keys = parcel
            ? [
                  { key: "F2", label: _t("Ship without the rest"), shown: ["items", "missing"].includes(parcel.step) },
                  { key: "F3", label: _t("Parcel full"), shown: !parcel.collect && !parcel.has_label },
                  { key: "F4", label: _t("Tracking number"), shown: !parcel.collect },
                  { key: "F6", label: _t("Carrier"), shown: !parcel.collect && !parcel.has_label },
                  { key: "F7", label: _t("Weight"), shown: !parcel.collect },
                  { key: "F8", label: parcel.has_label ? _t("Label again") : _t("Label"), shown: parcel.gives_labels },
                  { key: "F9", label: parcel.collect ? _t("Lies ready") : _t("Shipped"), shown: true },
                  { key: "Delete", name: _t("Del"), label: _t("Take back a scan"), shown: parcel.step === "items" },
                  { key: "Escape", name: _t("Esc"), label: _t("Put aside"), shown: true },
              ]
            : [
                  { key: "Enter", name: _t("Enter"), label: _t("Next order"), shown: this.state.batches.length > 0 },
                  { key: "F8", label: _t("Last label again"), shown: true },
              ];
        return keys.filter((key) => key.shown);
    }

    get hasPictures() {
        return this.state.parcel.lines.some((line) => line.picture);
    }

    get placeholder() {
        const parcel = this.state.parcel;
        if (!parcel) {
            return _t("Scan an order or a batch");
        }
        return {
            items: _t("Scan an item"),
            missing: _t("Enter ships what is there"),
            carrier: _t("Number of the carrier"),
            weight: _t("Weight in %s", parcel.weight_unit),
            tracking: _t("Scan the tracking number"),
            label: _t("Enter buys the label"),
            ship: parcel.collect ? _t("Enter: it lies ready") : _t("Enter ships it"),
        }[parcel.step];
    }

    /** Also what is not shown is asked: the server says why not. */
    takes(key) {
        return key in KEYS;
    }

    press(key) {
        if (key === "Enter") {
            this.scan("");
        } else {
            this.inTurn(() => this.ask("press", [KEYS[key]]));
        }
    }

    scan(text) {
        this.inTurn(() => this.ask("scan", [text, Boolean(text) && text === this.refused], text));
    }

    async ask(method, args, text = "") {
        const answer = await super.ask(method, args, text);
        if (answer.prints?.length) {
            printFiles(answer.prints);
        }
        if (answer.action) {
            await this.action.doAction(answer.action);
        }
        return answer;
    }

    leave() {
        this.action.doAction("ecom_stock_sync.ecom_batch_action", { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("ecom_station", Station);
