import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { download } from "@web/core/network/download";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DashboardChart } from "./dashboard_chart";
import { paint, save } from "./picture";

/** Scores of a person, a team, departments or stores: one page, one call. */
export class KpiDashboard extends Component {
    static template = "linkstar_kpi.Dashboard";
    static components = { DashboardChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({ page: null });
        this.good = 100;
        onWillStart(() => this.load(this.props.action.params || {}));
    }

    /** Load a view; what is not named stays as it is. */
    async load({ level, period, subject }) {
        this.state.page = await this.orm.call("linkstar.kpi.dashboard", "load", [
            level || false,
            period || false,
            subject || false,
        ]);
    }

    get page() {
        return this.state.page;
    }

    choose(changes) {
        const { level, period, subject } = this.page;
        return this.load({ level, period: period.id, subject, ...changes });
    }

    setLevel(level) {
        return this.choose({ level, subject: false });
    }

    get allSubjects() {
        return this.page.level !== "person";
    }

    get subjectLabel() {
        const labels = {
            person: _t("Person"),
            team: _t("Team of"),
            department: _t("Department"),
            store: _t("Store"),
        };
        return labels[this.page.level];
    }

    get rowLabel() {
        const labels = { department: _t("Department"), store: _t("Store") };
        return labels[this.page.level] || _t("Person");
    }

    get tiles() {
        const sum = this.page.summary;
        const stores = this.page.level === "store";
        const percent = sum.attainment === null ? null : sum.attainment * 100;
        return [
            { label: stores ? _t("Stores") : _t("People"), value: sum.people },
            {
                label: stores ? _t("Average attainment") : _t("Average score"),
                value: this.say(sum.average),
            },
            {
                label: _t("Attainment of targets"),
                value: percent === null ? "–" : `${this.say(percent)} %`,
            },
            { label: _t("On target (100 or more)"), value: sum.good },
            { label: _t("Below 60"), value: sum.weak },
            { label: _t("Waiting for figures"), value: sum.waiting },
        ];
    }

    /** Charts that have something to show. */
    get charts() {
        const { bars, trend, distribution, level } = this.page;
        const all = [
            {
                name: "attainment",
                kind: "bars",
                label: _t("Attainment (%)"),
                points: bars.slice(0, 30),
            },
            {
                name: "trend",
                kind: "line",
                label:
                    level === "store"
                        ? _t("Trend of attainment (%)")
                        : _t("Trend of the average score"),
                points: trend,
                mark: this.good,
            },
        ];
        if (level !== "person") {
            all.push({
                name: "distribution",
                kind: "bar",
                label:
                    level === "store"
                        ? _t("Distribution of attainment")
                        : _t("Distribution of scores"),
                points: distribution.map((x) => ({ name: x.label, value: x.count })),
            });
        }
        return all.filter((chart) => chart.points.length);
    }

    cell(row, metric) {
        return this.page.cells[row.id]?.[metric.id];
    }

    tone(cell) {
        if (!cell || cell.points === null) {
            return "o_heat_none";
        }
        const steps = [60, 80, this.good].filter((bound) => cell.points >= bound);
        return `o_heat_${steps.length + 1}`;
    }

    cellText(cell) {
        if (!cell) {
            return "";
        }
        return cell.points === null ? "–" : this.say(cell.points);
    }

    cellTitle(metric, cell) {
        if (!cell) {
            return metric.name;
        }
        const share = cell.attainment;
        const reached = share === null ? "" : ` · ${this.say(share * 100)} %`;
        return `${metric.name}: ${cell.note || this.cellText(cell)}${reached}`;
    }

    weakText({ weak, count }) {
        return _t("%(weak)s of %(count)s below 60", { weak, count });
    }

    say(number) {
        if (number === null || number === undefined || number === false) {
            return "–";
        }
        return Number(number).toLocaleString(undefined, { maximumFractionDigits: 1 });
    }

    freshTone(row) {
        const tones = { late: "text-bg-danger", settled: "text-bg-success" };
        return tones[row.state] || "text-bg-info";
    }

    freshName(row) {
        const names = {
            late: _t("Late"),
            settled: _t("Settled"),
            fresh: _t("Up to date"),
        };
        return names[row.state];
    }

    openCard(row) {
        if (row.card_id) {
            this.action.doAction({
                type: "ir.actions.client",
                tag: "linkstar_kpi.my_scorecard",
                name: row.name,
                params: { card_id: row.card_id },
            });
        } else if (row.id) {
            this.choose({ subject: row.id });
        }
    }

    openPivot() {
        this.action.doAction("linkstar_kpi.linkstar_kpi_scorecard_line_action", {
            additionalContext: { search_default_period_id: this.page.period.id },
        });
    }

    async downloadData(kind) {
        const { level, period, subject } = this.page;
        await download({
            url: `/linkstar/kpi/dashboard.${kind}`,
            data: { level, period: period.id, subject: subject || "" },
        });
    }

    downloadPicture() {
        const { level, period, metrics, rows } = this.page;
        const charts = this.charts.map((chart) => ({
            title: chart.label,
            canvas: this.root.el.querySelector(`canvas[name="${chart.name}"]`),
        }));
        const heat = {
            columns: metrics.map((metric) => metric.name),
            rows: rows.map((row) => ({
                name: row.name,
                cells: metrics.map((metric) => {
                    const cell = this.cell(row, metric);
                    return { text: this.cellText(cell), tone: this.tone(cell) };
                }),
            })),
        };
        const name = this.page.levels.find((x) => x.id === level).name;
        const title = `${_t("KPI dashboard")} · ${name} · ${period.name}`;
        save(paint(title, charts, heat), `kpi-${level}-${period.name}.png`);
    }
}

registry.category("actions").add("linkstar_kpi.dashboard", KpiDashboard);
