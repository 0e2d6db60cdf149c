import { Component, onMounted, onWillStart, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const TYPING = 250;

/**
 * The reconciliation screen: left the bank lines that nothing explains yet, right what each may be, and why.
 *
 * What was accepted is on the server, and each act is followed by a look at it. Here is only where the person stands:
 * which line, which proposals, what is typed.
 */
export class BankDesk extends Component {
    static template = "ecom_payments.BankDesk";
    static components = { Layout, RecordSelector };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.search = useRef("search");
        this.note = useRef("note");
        this.display = { controlPanel: {} };
        this.accepted = [];
        this.sought = "";
        this.state = useState({
            lines: [],
            done: [],
            journals: [],
            left: 0,
            journal: false,
            line: this.props.action.params?.line || false,
            skipped: [],
            choice: 0,
            picked: [],
            found: false,
            account: false,
            writing: false,
            words: "",
            tone: "",
            busy: false,
        });
        this.find = useDebounced(() => this.lookUp(), TYPING);
        useExternalListener(window, "keydown", (event) => this.onKey(event));
        onWillStart(() => this.look());
        onMounted(() => this.root.el?.focus());
        useEffect(
            () => {
                this.root.el?.querySelector(".o_ecom_desk_line.active")?.scrollIntoView({ block: "nearest" });
            },
            () => [this.state.line]
        );
        useEffect(
            (writing) => {
                if (writing) {
                    this.focusWriting();
                }
            },
            () => [this.state.writing]
        );
    }

    // --- what is shown

    get line() {
        return this.state.lines.find((line) => line.id === this.state.line);
    }

    /** What was searched for, else what is proposed. */
    get proposals() {
        return this.state.found || this.line?.proposals || [];
    }

    /** What the line is said to be: the proposals that were gathered, else the one that is marked. */
    get chosen() {
        const { picked, choice } = this.state;
        return picked.length ? picked : this.proposals.slice(choice, choice + 1);
    }

    get rest() {
        const sum = this.chosen.reduce((total, proposal) => total + proposal.amount, 0);
        return Math.round((this.line.amount - sum) * 1e6) / 1e6;
    }

    get difference() {
        const amount = this.money(Math.abs(this.rest));
        if (!this.chosen.length) {
            return _t("%s to write off", amount);
        }
        return this.rest < 0 ? _t("%s lacking", amount) : _t("%s too much", amount);
    }

    get keys() {
        const line = Boolean(this.line);
        const keys = [
            { key: "Enter", name: _t("Enter"), label: _t("Accept"), shown: line },
            { key: " ", name: _t("Space"), label: _t("Add to the others"), shown: line && this.proposals.length > 1 },
            { key: "/", label: _t("Search"), shown: line },
            { key: "w", name: "W", label: _t("Write off"), shown: line },
            { key: "s", name: "S", label: _t("Skip"), shown: line },
            { key: "u", name: "U", label: _t("Undo"), shown: this.accepted.length > 0 },
        ];
        return keys.filter((key) => key.shown);
    }

    get leftWords() {
        return this.state.left === 1 ? _t("1 line left") : _t("%s lines left", this.state.left);
    }

    get accountDomain() {
        return [["account_type", "not in", ["asset_receivable", "liability_payable", "off_balance", "asset_cash"]]];
    }

    money(amount) {
        return formatCurrency(amount, this.line.currency);
    }

    isChosen(proposal) {
        return this.chosen.some((chosen) => chosen.name === proposal.name);
    }

    // --- going about

    async look() {
        const { journal, skipped, line } = this.state;
        const before = this.state.lines.findIndex((one) => one.id === line);
        const wanted = before < 0 ? line : false;
        const seen = await this.orm.call("ecom.bank.desk", "look", [journal, skipped, wanted]);
        Object.assign(this.state, seen);
        if (!this.line) {
            // The next one takes the place of the line that is gone.
            this.select(seen.lines[Math.min(Math.max(before, 0), seen.lines.length - 1)]?.id);
        }
    }

    select(line) {
        Object.assign(this.state, { line: line || false, choice: 0, picked: [], found: false, writing: false });
        this.clearSearch();
    }

    clearSearch() {
        this.sought = "";
        if (this.search.el) {
            this.search.el.value = "";
        }
    }

    move(step) {
        const index = this.state.lines.indexOf(this.line) + step;
        if (this.state.lines[index]) {
            this.select(this.state.lines[index].id);
        }
    }

    choose(choice) {
        const last = this.proposals.length - 1;
        this.state.choice = Math.max(0, Math.min(choice, last));
        this.state.picked = [];
    }

    pick(proposal) {
        const { picked } = this.state;
        this.state.picked = picked.some((one) => one.name === proposal.name)
            ? picked.filter((one) => one.name !== proposal.name)
            : [...picked, proposal];
    }

    chooseJournal(journal) {
        this.state.journal = journal;
        this.state.line = false;
        return this.look();
    }

    skip() {
        const line = this.state.line;
        this.move(1);
        this.state.skipped = [...this.state.skipped.filter((id) => id !== line), line];
        return this.look();
    }

    async lookUp() {
        const text = this.search.el?.value || "";
        const found = text.trim() ? await this.orm.silent.call("ecom.bank.desk", "search_claims", [this.state.line, text]) : false;
        if (text === this.search.el?.value) {
            Object.assign(this.state, { found, choice: 0 });
            this.sought = text;
        }
    }

    write() {
        this.state.writing = !this.state.writing;
    }

    chooseAccount(account) {
        this.state.account = account;
        setTimeout(() => this.focusWriting());
    }

    /** Where writing off begins: at the account, or at the reason where the account is known from the line before. */
    focusWriting() {
        const account = this.root.el?.querySelector(".o_ecom_desk_account input");
        (this.state.account ? this.note.el : account)?.focus();
    }

    /** None of the proposals: all of the line goes to an account. */
    none() {
        Object.assign(this.state, { choice: this.proposals.length, picked: [], writing: true });
    }

    openClaim(card) {
        return this.action.doAction({ type: "ir.actions.act_window", res_model: card.model, res_id: card.id, views: [[false, "form"]] });
    }

    // --- acting

    async accept() {
        if (!this.chosen.length && !this.state.writing) {
            return this.say(_t("Nothing is proposed: search with /, or write it off with W."), "warning");
        }
        if (this.state.writing && this.rest && !this.state.account) {
            return this.say(_t("Choose the account that the difference goes to."), "warning");
        }
        const keys = this.chosen.flatMap((proposal) => proposal.keys);
        const writing = this.state.writing && this.rest;
        const more = writing ? [this.state.account, this.note.el.value] : [];
        const answer = await this.call("accept", [this.state.line, keys, ...more]);
        if (answer) {
            this.accepted.push(answer.line);
        }
    }

    async undo(line) {
        line = line || this.accepted[this.accepted.length - 1];
        if (!line) {
            return this.say(_t("Nothing was accepted here yet."), "warning");
        }
        if (await this.call("undo", [line])) {
            this.accepted = this.accepted.filter((id) => id !== line);
            this.state.skipped = this.state.skipped.filter((id) => id !== line);
            if (!this.state.lines.some((one) => one.id === line)) {
                this.state.lines = [];
                this.state.line = line;
                await this.look();
            }
            this.select(line);
        }
    }

    async call(method, args) {
        if (this.state.busy) {
            return false;
        }
        this.state.busy = true;
        try {
            const answer = await this.orm.silent.call("ecom.bank.desk", method, args);
            this.say(answer.words, "success");
            await this.look();
            return answer;
        } catch (error) {
            this.say(error.data?.message || _t("Odoo does not answer. Try again."), "danger");
            return false;
        } finally {
            this.state.busy = false;
            this.root.el?.focus();
        }
    }

    say(words, tone) {
        Object.assign(this.state, { words, tone });
    }

    // --- the keyboard

    onKey(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector(".modal, .o_command_palette")) {
            return;
        }
        const act = event.target.closest?.("input, textarea, select, [contenteditable]")
            ? this.keyWhileTyping(event)
            : this.keyElsewhere(event);
        if (act) {
            event.preventDefault();
            event.stopPropagation();
            act();
        }
    }

    keyWhileTyping(event) {
        const searching = event.target === this.search.el;
        if (event.key === "Escape") {
            return () => {
                if (searching) {
                    this.clearSearch();
                    this.state.found = false;
                }
                this.root.el.focus();
            };
        }
        if (event.key === "Enter" && [this.search.el, this.note.el].includes(event.target)) {
            // Faster typed than found: what is marked is not what was searched for.
            return () => (this.search.el.value === this.sought ? this.accept() : this.lookUp());
        }
        if (searching && ["ArrowDown", "ArrowUp"].includes(event.key)) {
            return () => this.choose(this.state.choice + (event.key === "ArrowDown" ? 1 : -1));
        }
        return null;
    }

    keyElsewhere(event) {
        const onButton = event.target.closest?.("button, a");
        const steps = { ArrowDown: 1, ArrowUp: -1 };
        const turns = { ArrowRight: 1, ArrowLeft: -1 };
        if (event.key in steps) {
            return () => this.move(steps[event.key]);
        }
        if (event.key in turns) {
            return () => this.choose(this.state.choice + turns[event.key]);
        }
        if (/^[1-9]$/.test(event.key)) {
            return () => this.choose(Number(event.key) - 1);
        }
        if (event.key === "Escape") {
            return () => Object.assign(this.state, { picked: [], writing: false, choice: 0 });
        }
        if (onButton && ["Enter", " "].includes(event.key)) {
            return null; // The button that has the focus does what it says.
        }
        return this.keys.some(({ key }) => key === event.key.toLowerCase() || key === event.key)
            ? () => this.press(event.key)
            : null;
    }

    press(key) {
        return {
            Enter: () => this.accept(),
            " ": () => this.proposals[this.state.choice] && this.pick(this.proposals[this.state.choice]),
            "/": () => this.search.el.focus(),
            w: () => this.write(),
            s: () => this.skip(),
            u: () => this.undo(),
        }[key === "Enter" ? key : key.toLowerCase()]();
    }
}

registry.category("actions").add("ecom_bank_desk", BankDesk);
