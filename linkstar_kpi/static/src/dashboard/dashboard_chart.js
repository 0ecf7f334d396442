import {
    Component,
    onMounted,
    onPatched,
    onWillStart,
    onWillUnmount,
    useRef,
} from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";

/** Colours of the charts, light or dark as the user has chosen. */
export function palette() {
    const scheme = cookie.get("color_scheme") || "light";
    const dark = scheme === "dark";
    return {
        line: getColor(0, scheme, "sm"),
        bar: getColor(0, scheme, "sm"),
        text: dark ? "#d1d5db" : "#374151",
        grid: dark ? "rgba(255,255,255,0.12)" : "rgba(0,0,0,0.08)",
        paper: dark ? "#262a36" : "#ffffff",
    };
}

/**
 * One chart by Odoo's own Chart.js bundle.
 *
 * `kind` is line, bar or bars (lying); `points` are {name, value}. `mark` draws a
 * line at a value, such as the target.
 */
export class DashboardChart extends Component {
    static template = "linkstar_kpi.DashboardChart";
    static props = {
        kind: String,
        points: Array,
        label: String,
        name: String,
        mark: { type: Number, optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        this.shown = "";
        onWillStart(() => loadBundle("web.chartjs_lib"));
        onMounted(() => this.draw());
        onPatched(() => this.draw());
        onWillUnmount(() => this.chart?.destroy());
    }

    get height() {
        return this.props.kind === "bars"
            ? Math.max(140, this.props.points.length * 26 + 50)
            : 220;
    }

    /** Words for those who cannot see the chart. */
    get summary() {
        const points = this.props.points.map((x) => `${x.name} ${x.value}`);
        return `${this.props.label}: ${points.join(", ")}`;
    }

    draw() {
        const wanted = JSON.stringify([this.props.kind, this.props.points]);
        if (wanted === this.shown) {
            return;
        }
        this.shown = wanted;
        this.chart?.destroy();
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, this.config());
    }

    config() {
        const colors = palette();
        const lying = this.props.kind === "bars";
        const line = this.props.kind === "line";
        const value = lying ? "x" : "y";
        const axis = {
            ticks: { color: colors.text },
            grid: { color: colors.grid },
        };
        const scales = { x: { ...axis }, y: { ...axis } };
        scales[value] = {
            ...axis,
            beginAtZero: true,
            ticks: { color: colors.text, precision: 0 },
        };
        scales[value === "x" ? "y" : "x"] = {
            ...axis,
            grid: { display: false },
            ticks: { color: colors.text, autoSkip: !lying },
        };
        const sets = [
            {
                label: this.props.label,
                data: this.props.points.map((x) => x.value),
                borderColor: line ? colors.line : undefined,
                backgroundColor: line ? colors.line : colors.bar,
                borderWidth: line ? 2 : 0,
                pointRadius: 4,
                tension: 0.2,
                maxBarThickness: 28,
            },
        ];
        if (this.props.mark && line) {
            sets.push({
                label: String(this.props.mark),
                data: this.props.points.map(() => this.props.mark),
                borderColor: colors.text,
                borderDash: [4, 4],
                borderWidth: 1,
                pointRadius: 0,
            });
        }
        return {
            type: line ? "line" : "bar",
            data: { labels: this.props.points.map((x) => x.name), datasets: sets },
            options: {
                indexAxis: lying ? "y" : "x",
                animation: false,
                responsive: true,
                maintainAspectRatio: false,
                plugins: { legend: { display: false } },
                scales,
            },
        };
    }
}
