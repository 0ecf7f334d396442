import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Scores before and after an exclusion, on its form. */
export class ExclusionEffect extends Component {
    static template = "linkstar_kpi.ExclusionEffect";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ effect: null });
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
        const wanted = JSON.stringify([record.resId, record.data.state]);
        if (wanted === this.shown) {
            return;
        }
        this.shown = wanted;
        if (!record.resId) {
            this.state.effect = null;
            return;
        }
        this.state.effect = await this.orm.call("linkstar.kpi.exclusion", "effect", [
            [record.resId],
        ]);
    }

    get hiddenText() {
        return _t(
            "%s more cards change that are not open to you.",
            this.state.effect.hidden,
        );
    }

    say(number) {
        if (number === null || number === undefined || number === false) {
            return "–";
        }
        return Number(number).toLocaleString(undefined, { maximumFractionDigits: 2 });
    }
}

registry.category("view_widgets").add("linkstar_kpi_exclusion_effect", {
    component: ExclusionEffect,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
