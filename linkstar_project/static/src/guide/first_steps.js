import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** What each step is for, and the screen on which it is done. */
const STEPS = {
    store: {
        title: _t("Enter your first store"),
        text: _t("A name, a short code such as US-NOVA, and its marketplace."),
        action: "linkstar_project.linkstar_store_action",
    },
    member: {
        title: _t("Say who does what there"),
        text: _t("Operator, buyer, advertising: tasks find people by their role."),
        action: "linkstar_project.linkstar_store_member_action",
    },
    template: {
        title: _t("Pick a template and publish it"),
        text: _t("Take one from the library or write your own SOP, then publish it."),
        action: "linkstar_project.project_template_action",
    },
    launch: {
        title: _t("Look at the dry run, then launch"),
        text: _t("The preview shows owners and dates before anything is written."),
        action: "linkstar_project.project_template_action",
    },
};

/** From the empty app to the first running project, one step at a time. */
export class FirstSteps extends Component {
    static template = "linkstar_project.FirstSteps";
    static props = { steps: Array };

    setup() {
        this.action = useService("action");
    }

    get steps() {
        const next = this.props.steps.find((step) => !step.done);
        return this.props.steps.map((step, index) => ({
            ...STEPS[step.key],
            ...step,
            number: index + 1,
            isNext: step === next,
        }));
    }

    open(step) {
        return this.action.doAction(step.action);
    }
}
