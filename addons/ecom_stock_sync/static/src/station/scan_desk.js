import { Component, onMounted, onWillStart, useExternalListener, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { Voice } from "./voice";

/**
 * What full-screen pages for a scanner and a keyboard have in common. A scanner is a keyboard that ends with Enter.
 *
 * All state is on the server; every call answers with all that is to be shown. What is scanned while a call is under
 * way waits its turn, so that no scan is lost however fast they come.
 *
 * Subclasses name the model that they call, and what its answers show beside words and tone; they have `keys`, the
 * buttons at the foot, and say what a key does (`press`) and which scans are sent (`scan`).
 */
export class ScanDesk extends Component {
    static props = ["*"];
    static model = "";
    static shown = { parcel: false };
    static first = [];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.voice = new Voice();
        this.refused = "";
        this.queue = Promise.resolve();
        this.state = useState({
            ...this.constructor.shown,
            words: "",
            tone: "",
            turn: 0,
            waiting: 0,
            muted: this.voice.muted,
        });
        useExternalListener(window, "keydown", (event) => this.onKey(event), { capture: true });
        useExternalListener(window, "focus", () => this.focus());
        onWillStart(() => this.ask("look", this.constructor.first));
        onMounted(() => this.focus());
    }

    get soundTitle() {
        return this.state.muted ? _t("Sound on") : _t("Sound off");
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
        } else if (event.key === "Escape" && input.value) {
            event.preventDefault();
            input.value = "";
        } else if (event.key === "F10") {
            event.preventDefault();
            this.mute();
        } else if (this.takes(event.key) && !(event.key === "Delete" && input.value)) {
            event.preventDefault();
            event.stopPropagation();
            this.press(event.key);
        } else if (event.key.length === 1 && event.target !== input) {
            this.focus();
        }
    }

    /** Whether a key of the keyboard means something here now. */
    takes(key) {
        return this.keys.some((shown) => shown.key === key);
    }

    onKeyButton(key) {
        this.press(key);
        this.focus();
    }

    mute() {
        this.state.muted = this.voice.toggle();
        this.focus();
    }

    inTurn(work) {
        this.state.waiting++;
        this.queue = this.queue.then(work).finally(() => this.state.waiting--);
    }

    /** Call the server and show what it answers; `text` is what was scanned, and kept where it is refused. */
    async ask(method, args, text = "") {
        let answer;
        try {
            answer = await this.orm.silent.call(this.constructor.model, method, args);
        } catch (error) {
            const words = error.data?.message || _t("Odoo does not answer. Scan it again.");
            answer = { ...this.state, words, tone: "bad" };
        }
        const { words, tone } = answer;
        this.refused = tone === "bad" ? text : "";
        const shown = Object.keys(this.constructor.shown).map((name) => [name, answer[name]]);
        Object.assign(this.state, Object.fromEntries(shown), { words, tone, turn: this.state.turn + 1 });
        this.voice.say(words, tone);
        return answer;
    }
}
