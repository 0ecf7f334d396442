import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** What each step is for, and the screen on which it is done. */
const STEPS = {
    store: {
        title: _t("Connect or enter your first store"),
        text: _t("A name, a short code such as US-NOVA, and its marketplace."),
        action: "linkstar_project.linkstar_store_action",
    },
    member: {
        title: _t("Say who does what there"),
        text: _t("Operator, buyer, advertising: tasks find people by their role."),
        action: "linkstar_project.linkstar_store_member_action",
    },
    template: {
        title: _t("Pick a template"),
        text: _t("Take one from the library, or write your own SOP and publish it."),
        action: "linkstar_project.project_template_action",
    },
    trial: {
        title: _t("Do a dry run"),
        text: _t("Launch it as a trial: it notifies nobody and can be discarded."),
        action: "linkstar_project.project_template_action",
    },
    launch: {
        title: _t("Launch"),
        text: _t("The preview shows owners and dates before anything is written."),
        action: "linkstar_project.project_template_action",
    },
};

/** A walk through the screens of each role, shown where one clicks. */
const TOURS = {
    linkstar_admin: {
        title: _t("Administrator"),
        text: _t("Enter a store and its first member."),
    },
    linkstar_template_manager: {
        title: _t("Template manager"),
        text: _t("Write a template and publish it."),
    },
    linkstar_lead: {
        title: _t("Lead"),
        text: _t("Launch a template, with a look at the plan first."),
    },
    linkstar_operator: {
        title: _t("Operator"),
        text: _t("Find your work, begin it, tell the others."),
    },
};

/** From the empty app to the first running project, one step at a time. */
export class FirstSteps extends Component {
    static template = "linkstar_project.FirstSteps";
    static props = { steps: Array, connect: { optional: true } };

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

    get done() {
        return this.props.steps.filter((step) => step.done).length;
    }

    get percent() {
        return Math.round((100 * this.done) / this.props.steps.length);
    }

    open(step) {
        return this.action.doAction(step.action);
    }

    connect() {
        return this.action.doAction(this.props.connect);
    }
}

/** The guide as a page of its own, with the tours of the reader's roles. */
export class FirstStepsPage extends Component {
    static template = "linkstar_project.FirstStepsPage";
    static components = { FirstSteps };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.tour = useService("tour_service");
        this.state = useState({ data: null });
        onWillStart(async () => {
            this.state.data = await this.orm.call("linkstar.guide", "progress", []);
        });
    }

    get tours() {
        return this.state.data.tours.map((name) => ({ name, ...TOURS[name] }));
    }

    start(tour) {
        return this.tour.startTour(tour.name, { mode: "manual" });
    }
}

registry.category("actions").add("linkstar_project.first_steps", FirstStepsPage);

registry.category("user_menuitems").add(
    "linkstar_first_steps",
    (env) => ({
        type: "item",
        id: "linkstar_first_steps",
        description: _t("LinkStar: first steps"),
        hide: !env.services.menu
            .getAll()
            .some((menu) => menu.xmlid === "linkstar_project.menu_root"),
        callback: () =>
            env.services.action.doAction("linkstar_project.first_steps_action"),
        sequence: 45,
    }),
    { force: true },
);
