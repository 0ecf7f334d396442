import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The levels of a role: where somebody stands and what the next one asks for. */
export class MyLadder extends Component {
    static template = "linkstar_kpi.MyLadder";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ page: null });
        onWillStart(() => this.load(this.props.action.params?.employee_id));
    }

    async load(employeeId) {
        this.state.page = await this.orm.call("linkstar.kpi.grade", "my_ladder", [
            employeeId || false,
        ]);
    }

    /** The highest rung stands on top, as on a real ladder. */
    get rungs() {
        return [...this.state.page.rungs].reverse();
    }

    get metCount() {
        const next = this.state.page.rungs.find((rung) => rung.is_next);
        return next ? next.asks.filter((ask) => ask.is_met).length : 0;
    }

    say(number) {
        return Number(number).toLocaleString(undefined, { maximumFractionDigits: 2 });
    }
}

registry.category("actions").add("linkstar_kpi.my_ladder", MyLadder);
