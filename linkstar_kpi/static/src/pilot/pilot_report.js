import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
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
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => this.load(next.record));
    }

    async load(record) {
        this.state.report = record.resId
            ? await this.orm.call("linkstar.kpi.pilot", "report", [[record.resId]])
            : null;
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
