import { Component, onWillStart, useEffect, useRef, xml } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What was sold each week, what was wanted, and what is forecast with its interval. */
export class ForecastChart extends Component {
    static template = xml`<div class="o_ecom_forecast_chart my-3" style="height: 260px; position: relative"><canvas t-ref="canvas"/></div>`;
    static props = { ...standardFieldProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (told) => {
                if (!told) {
                    return;
                }
                const chart = new Chart(this.canvas.el, this.config(told));
                return () => chart.destroy();
            },
            () => [this.props.record.data[this.props.name]]
        );
    }

    config(told) {
        const scheme = cookie.get("color_scheme");
        const grid = getCustomColor(scheme, "#d8dadd", "#3C3E4B");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const [past, ahead] = [getColor(1, scheme, "odoo"), getColor(3, scheme, "odoo")];
        const later = (values) => [...told.sold.map(() => null), ...values];
        const line = { pointRadius: 0, pointHitRadius: 8, borderWidth: 2, tension: 0.2 };
        return {
            data: {
                labels: told.labels,
                datasets: [
                    {
                        ...line,
                        type: "line",
                        label: told.legend.mean,
                        data: later(told.mean),
                        borderColor: ahead,
                        backgroundColor: ahead,
                    },
                    {
                        ...line,
                        type: "line",
                        label: told.legend.range,
                        data: later(told.high),
                        borderWidth: 0,
                        backgroundColor: hexToRGBA(ahead, 0.15),
                        fill: "+1",
                    },
                    { ...line, type: "line", label: "", data: later(told.low), borderWidth: 0 },
                    {
                        ...line,
                        type: "line",
                        label: told.legend.wanted,
                        data: told.wanted,
                        borderColor: past,
                        backgroundColor: past,
                        borderWidth: 1.5,
                        spanGaps: true,
                    },
                    {
                        type: "bar",
                        label: told.legend.sold,
                        data: told.sold,
                        backgroundColor: hexToRGBA(past, 0.35),
                        barPercentage: 0.9,
                        categoryPercentage: 1,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                locale: user.lang,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {
                            color: text,
                            boxWidth: 12,
                            filter: (item) => item.text !== "",
                            sort: (one, other) => other.datasetIndex - one.datasetIndex,
                        },
                    },
                    tooltip: {
                        filter: (item) => item.raw !== null && item.dataset.label !== "",
                        callbacks: {
                            title: (items) => items.length && `${told.legend.axis} ${items[0].label}`,
                            label: ({ dataset, dataIndex, raw, datasetIndex }) => {
                                const low = told.low[dataIndex - told.sold.length];
                                const [from, to] = [low, raw].map((value) => value?.toLocaleString(user.lang));
                                return `${dataset.label}  ${datasetIndex === 1 ? `${from} – ` : ""}${to}`;
                            },
                        },
                    },
                },
                scales: {
                    x: { grid: { display: false }, ticks: { color: text, maxTicksLimit: 10, maxRotation: 0 } },
                    y: { beginAtZero: true, grid: { color: grid }, ticks: { color: text, precision: 0 } },
                },
            },
        };
    }
}

registry.category("fields").add("ecom_forecast_chart", { component: ForecastChart, supportedTypes: ["json"] });
