import { Component, onMounted, onWillStart, useExternalListener, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { printFiles } from "./print_files";
import { Voice } from "./voice";

/** Keys of the keyboard, and what each of them means to the server. */
const KEYS = {
    F2: "missing",
    F3: "full",
    F4: "tracking",
    F6: "carrier",
    F7: "weight",
    F8: "label",
    F9: "ship",
    Escape: "aside",
};

/**
 * The packing station: full screen, for a scanner and a keyboard. A scanner is a keyboard that ends with Enter.
 *
 * All state is on the server; every call answers with all that is to be shown. What is scanned while a call is under
 * way waits its turn, so that no scan is lost however fast they come.
 */
export class Station extends Component {
    static template = "ecom_stock_sync.Station";
    static props = ["*"];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.voice = new Voice();
        this.refused = "";
        this.queue = Promise.resolve();
        this.state = useState({
            parcel: false,
            batches: [],
            words: "",
            tone: "",
            turn: 0,
            waiting: 0,
            muted: this.voice.muted,
        });
        useExternalListener(window, "keydown", (event) => this.onKey(event), { capture: true });
        useExternalListener(window, "focus", () => this.focus());
        onWillStart(() => this.ask("look", []));
        onMounted(() => this.focus());
    }

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

    get soundTitle() {
        return this.state.muted ? _t("Sound on") : _t("Sound off");
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

    get toneClass() {
        return {
            good: "text-bg-success",
            complete: "text-bg-success",
            done: "text-bg-success",
            bad: "text-bg-danger",
            info: "text-bg-info",
        }[this.state.tone];
    }

    focus() {
        this.input.el?.focus();
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
        } else if (event.key === "Delete" && !input.value) {
            event.preventDefault();
            this.press("back");
        } else if (event.key === "Escape" && input.value) {
            event.preventDefault();
            input.value = "";
        } else if (event.key in KEYS) {
            event.preventDefault();
            event.stopPropagation();
            this.press(KEYS[event.key]);
        } else if (event.key === "F10") {
            event.preventDefault();
            this.mute();
        } else if (event.key.length === 1 && event.target !== input) {
            this.focus();
        }
    }

    onKeyButton(key) {
        if (key === "Enter") {
            this.scan("");
        } else {
            this.press(key === "Delete" ? "back" : KEYS[key]);
        }
        this.focus();
    }

    mute() {
        this.state.muted = this.voice.toggle();
        this.focus();
    }

    scan(text) {
        this.inTurn(() => this.ask("scan", [text, Boolean(text) && text === this.refused], text));
    }

    press(name) {
        this.inTurn(() => this.ask("press", [name]));
    }

    inTurn(work) {
        this.state.waiting++;
        this.queue = this.queue.then(work).finally(() => this.state.waiting--);
    }

    async ask(method, args, text = "") {
        let answer;
        try {
            answer = await this.orm.silent.call("ecom.station", method, args);
        } catch (error) {
            const words = error.data?.message || _t("Odoo does not answer. Scan it again.");
            answer = { ...this.state, words, tone: "bad" };
        }
        this.refused = answer.tone === "bad" ? text : "";
        const { parcel, batches, words, tone } = answer;
        Object.assign(this.state, { parcel, batches, words, tone, turn: this.state.turn + 1 });
        this.voice.say(words, tone);
        if (answer.prints?.length) {
            printFiles(answer.prints);
        }
        if (answer.action) {
            await this.action.doAction(answer.action);
        }
    }

    leave() {
        this.action.doAction("ecom_stock_sync.ecom_batch_action", { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("ecom_station", Station);
