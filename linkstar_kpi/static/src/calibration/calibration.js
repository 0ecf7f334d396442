import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "linkstar.kpi.scorecard";
/** Scores are drawn from 0 to this, the usual stretch. */
const TOP = 120;

/** A period's scores side by side: groups described, nobody ranked. */
export class Calibration extends Component {
    static template = "linkstar_kpi.Calibration";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ page: null, open: {} });
        onWillStart(() => this.load());
    }

    async load(periodId, by) {
        const page = this.state.page;
        this.state.page = await this.orm.call(MODEL, "calibration_page", [
            periodId || page?.period || false,
            by || page?.by || "reviewer",
        ]);
    }

    /** Distance from the left in per cent. */
    place(score) {
        return (Math.min(TOP, Math.max(0, score)) / TOP) * 100;
    }

    band(group) {
        const left = this.place(group.low);
        return `left: ${left}%; width: ${this.place(group.high) - left}%`;
    }

    say(number) {
        return Number(number).toLocaleString(undefined, { maximumFractionDigits: 2 });
    }

    signed(number) {
        return (number > 0 ? "+" : "") + this.say(number);
    }

    toggle(group) {
        this.state.open[group.key] = !this.state.open[group.key];
    }

    openCard(person) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: person.id,
            views: [[false, "form"]],
        });
    }

    adjust(person) {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: person.name,
                res_model: "linkstar.kpi.card.decision",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_scorecard_id: person.id,
                    default_kind: "adjust",
                },
            },
            { onClose: () => this.load() },
        );
    }
}

registry.category("actions").add("linkstar_kpi.calibration", Calibration);
