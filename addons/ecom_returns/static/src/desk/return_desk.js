import { Component, onMounted, onWillStart, useExternalListener, useRef, useState } from "@odoo/owl";
import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Voice } from "@ecom_stock_sync/station/voice";

/**
 * The receiving desk: full screen, for a scanner, a keyboard or a camera. Looks and sounds like the packing station.
 *
 * What was scanned is on the server; here is only which return lies on the desk. What is scanned while a call is under
 * way waits its turn.
 */
export class ReturnDesk extends Component {
    static template = "ecom_returns.ReturnDesk";
    static props = ["*"];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.voice = new Voice();
        this.refused = "";
        this.queue = Promise.resolve();
        this.hasCamera = isBarcodeScannerSupported();
        this.state = useState({ parcel: false, words: "", tone: "", turn: 0, waiting: 0 });
        useExternalListener(window, "keydown", (event) => this.onKey(event), { capture: true });
        useExternalListener(window, "focus", () => this.input.el?.focus());
        onWillStart(() => this.ask("look", [false]));
        onMounted(() => this.input.el?.focus());
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

    get toneClass() {
        return {
            good: "text-bg-success",
            complete: "text-bg-success",
            bad: "text-bg-danger",
            info: "text-bg-info",
        }[this.state.tone];
    }

    get current() {
        return this.state.parcel ? this.state.parcel.id : false;
    }

    onKey(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const input = this.input.el;
        if (event.key === "Enter" && (event.target === input || event.target === document.body)) {
            event.preventDefault();
            const text = input.value.trim();
            input.value = "";
            this.scan(text);
        } else if (this.keys.some((key) => key.key === event.key) && !(event.key === "Delete" && input.value)) {
            event.preventDefault();
            event.stopPropagation();
            this.press(event.key);
        } else if (event.key.length === 1 && event.target !== input) {
            input.focus();
        }
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
            const text = await scanBarcode(this.env);
            this.scan(text || "");
        } else if (key === "Escape") {
            this.inTurn(() => this.ask("look", [false]));
        }
        this.input.el?.focus();
    }

    scan(text) {
        this.inTurn(() => this.ask("scan", [text, this.current, Boolean(text) && text === this.refused], text));
    }

    inTurn(work) {
        this.state.waiting++;
        this.queue = this.queue.then(work).finally(() => this.state.waiting--);
    }

    async ask(method, args, text = "") {
        let answer;
        try {
            answer = await this.orm.silent.call("ecom.return.desk", method, args);
        } catch (error) {
            const words = error.data?.message || _t("Odoo does not answer. Scan it again.");
            answer = { ...this.state, words, tone: "bad" };
        }
        this.refused = answer.tone === "bad" ? text : "";
        const { parcel, words, tone } = answer;
        Object.assign(this.state, { parcel, words, tone, turn: this.state.turn + 1 });
        this.voice.say(words, tone);
    }

    leave() {
        this.action.doAction("ecom_returns.ecom_return_action", { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("ecom_return_desk", ReturnDesk);
