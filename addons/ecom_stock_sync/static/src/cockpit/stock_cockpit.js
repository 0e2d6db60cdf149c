import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const REFRESH_SECONDS = 60;
const COLOURS = { danger: "#dc3545", warning: "#ffac00", success: "#28a745", info: "#17a2b8" };

/** A bar graph of a few figures. */
class Bars extends Component {
    static template = "ecom_stock_sync.Bars";
    static props = { figures: Object };

    setup() {
        this.canvas = useRef("canvas");
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.config);
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.props.figures)]
        );
    }

    get config() {
        const { labels, values, colours, empty, legend } = this.props.figures;
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const bar = { borderRadius: 3, maxBarThickness: 60 };
        const datasets = [
            { ...bar, label: legend?.[0] || "", data: values, backgroundColor: colours?.map((name) => COLOURS[name]) || getColor(1, scheme, "odoo") },
        ];
        if (empty) {
            datasets.push({ ...bar, label: legend[1], data: empty, backgroundColor: COLOURS.warning });
        }
        return {
            type: "bar",
            data: { labels, datasets },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: { legend: { display: Boolean(legend), labels: { color: text } } },
                scales: {
                    x: { stacked: true, grid: { display: false }, ticks: { color: text } },
                    y: { stacked: true, beginAtZero: true, ticks: { color: text, precision: 0 } },
                },
            },
        };
    }
}

/** What needs somebody today, each with the way to act. */
export class StockCockpit extends Component {
    static template = "ecom_stock_sync.StockCockpit";
    static components = { Bars, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ figures: null });
        this.display = { controlPanel: {} };
        onWillStart(async () => {
            await loadBundle("web.chartjs_lib");
            await this.load();
        });
        const timer = setInterval(() => this.load(), REFRESH_SECONDS * 1000);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        this.state.figures = await this.orm.silent.call("ecom.stock.cockpit", "get_figures", []);
    }

    open(tile) {
        return this.action.doAction(tile.action);
    }
}

registry.category("actions").add("ecom_stock_cockpit", StockCockpit);
