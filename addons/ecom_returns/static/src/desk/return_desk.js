import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ScanDesk } from "@ecom_stock_sync/station/scan_desk";

/**
 * The receiving desk: full screen, for a scanner, a keyboard or a camera. Looks and sounds like the packing station.
 *
 * What was scanned is on the server; here is only which return lies on the desk.
 */
export class ReturnDesk extends ScanDesk {
    static template = "ecom_returns.ReturnDesk";
    static model = "ecom.return.desk";
    static first = [false];

    setup() {
        super.setup();
        this.hasCamera = isBarcodeScannerSupported();
    }

    get keys() {
        const keys = [
            { key: "F9", label: _t("All is here"), shown: this.state.parcel && this.state.parcel.scanned },
            { key: "Delete", name: _t("Del"), label: _t("Take back a scan"), shown: this.state.parcel },
            { key: "F4", label: _t("Unknown parcel"), shown: this.refused },
            { key: "F7", label: _t("Camera"), shown: this.hasCamera },
            { key: "Escape", name: _t("Esc"), label: _t("Next parcel"), shown: this.state.parcel },
        ];
        return keys.filter((key) => key.shown);
    }

    get placeholder() {
        return this.state.parcel ? _t("Scan a piece") : _t("Scan a return, an order or a serial number");
    }

    get current() {
        return this.state.parcel ? this.state.parcel.id : false;
    }

    async press(key) {
        if (key === "F9") {
            this.inTurn(() => this.ask("receive", [this.current]));
        } else if (key === "Delete") {
            this.inTurn(() => this.ask("back", [this.current]));
        } else if (key === "F4") {
            const text = this.refused;
            this.inTurn(() => this.ask("unknown", [text]));
        } else if (key === "F7") {
            this.scan((await scanBarcode(this.env)) || "");
        } else if (key === "Escape") {
            this.inTurn(() => this.ask("look", [false]));
        }
    }

    scan(text) {
        this.inTurn(() => this.ask("scan", [text, this.current, Boolean(text) && text === this.refused], text));
    }

    leave() {
        this.action.doAction("ecom_returns.ecom_return_action", { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("ecom_return_desk", ReturnDesk);
