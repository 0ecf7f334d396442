import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Old and new scores of a pilot, and what the people concerned say. */
export class PilotReport extends Component {
    static template = "linkstar_kpi.PilotReport";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ report: null });
        this.shown = "";
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => this.load(next.record));
    }

    /** Load what is saved; typing in the form asks the server nothing. */
    async load(record) {
        if (record.dirty) {
            this.shown = "";
            return;
        }
        const wanted = JSON.stringify([record.resId]);
        if (wanted === this.shown) {
            return;
        }
        this.shown = wanted;
        this.state.report = record.resId
            ? await this.orm.call("linkstar.kpi.pilot", "report", [[record.resId]])
            : null;
    }

    /** Both averages, how many rose and fell, and how alike the order is. */
    get sentences() {
        const { pairs, higher, lower, order } = this.state.report.summary;
        const found = [
            _t("Averages of %(pairs)s scores by both schemes.", { pairs }),
            _t("%(higher)s higher, %(lower)s lower.", { higher, lower }),
        ];
        if (order !== null) {
            found.push(_t("Same order of people: %s", `${this.say(order)} %`));
        }
        return found;
    }

    get fewAnswers() {
        const { count, fewest } = this.state.report.survey;
        return _t(
            "%(count)s answers so far. Means and comments show from %(fewest)s answers on, without names.",
            { count, fewest },
        );
    }

    say(number) {
        if (number === null || number === undefined || number === false) {
            return "–";
        }
        return Number(number).toLocaleString(undefined, { maximumFractionDigits: 2 });
    }
}

registry.category("view_widgets").add("linkstar_kpi_pilot_report", {
    component: PilotReport,
});
