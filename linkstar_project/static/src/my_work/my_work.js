import { Component, onWillStart, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FirstSteps } from "../guide/first_steps";
import { RoundList } from "../rounds/round_list";
import { RoundPanel } from "../rounds/round_panel";
import { TaskCard } from "./task_card";
import { TaskPanel } from "./task_panel";

/** Sections in the order of urgency, with what each one means. */
const SECTIONS = {
    confirm: {
        title: _t("To confirm"),
        icon: "fa-thumbs-up",
        empty: _t("Reminders of key nodes that ask you to confirm receipt."),
    },
    late: {
        title: _t("Late"),
        icon: "fa-exclamation-circle",
        empty: _t("Tasks whose deadline has passed."),
    },
    today: {
        title: _t("Today"),
        icon: "fa-sun-o",
        empty: _t("Tasks that begin or end today."),
    },
    next: {
        title: _t("Next"),
        icon: "fa-calendar",
        empty: _t("Your tasks of the coming days."),
    },
    blocked: {
        title: _t("Blocked"),
        icon: "fa-lock",
        empty: _t("Your tasks that wait, each with its reason."),
    },
    waiting: {
        title: _t("Waiting for me"),
        icon: "fa-hourglass-half",
        empty: _t("Tasks of colleagues that wait for one of yours."),
    },
};

/** What one person has to do: the first screen of the day, made for the phone. */
export class MyWork extends Component {
    static template = "linkstar_project.MyWork";
    static components = { FirstSteps, RoundList, RoundPanel, TaskCard, TaskPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.state = useState({
            data: null,
            filter: null,
            taskId: null,
            roundId: null,
        });
        onWillStart(async () => {
            await this.load();
            const wanted = Number(router.current.task);
            this.state.taskId = wanted || this.firstOnWideScreen();
        });
        useBus(this.env.bus, "LINKSTAR:REMINDED", () => this.load());
    }

    async load() {
        this.state.data = await this.orm.call("project.task", "linkstar_my_work", []);
    }

    /** On a wide screen the second column is never empty without reason. */
    firstOnWideScreen() {
        if (this.ui.isSmall) {
            return null;
        }
        const section = this.state.data.sections.find((s) => s.tasks.length);
        return section ? section.tasks[0].id : null;
    }

    get sections() {
        return this.state.data.sections.map((section) => ({
            ...SECTIONS[section.key],
            ...section,
            count: section.tasks.length,
        }));
    }

    get shown() {
        const filter = this.state.filter;
        return this.sections.filter((s) => (filter ? s.key === filter : s.count));
    }

    get isEmpty() {
        const { sections, approvals, rounds } = this.state.data;
        return (
            !approvals.length &&
            !rounds.length &&
            sections.every((s) => !s.tasks.length)
        );
    }

    toggle(key) {
        this.state.filter = this.state.filter === key ? null : key;
    }

    open(taskId) {
        this.state.taskId = taskId;
        this.state.roundId = null;
    }

    openRound(roundId) {
        this.state.roundId = roundId;
        this.state.taskId = null;
    }

    close() {
        this.state.taskId = null;
        this.state.roundId = null;
    }

    async onChanged(method, task) {
        await this.load();
        const words = {
            linkstar_start: _t("Started."),
            linkstar_finish: _t("Finished."),
            linkstar_acknowledge: _t("Receipt confirmed."),
            linkstar_comment: _t("Comment added."),
            linkstar_attach_photo: _t("Photo attached."),
        };
        this.notification.add(words[method], { type: "success", title: task.name });
    }

    openApproval(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "linkstar.approval",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openAction(xmlid) {
        return this.action.doAction(xmlid);
    }
}

registry.category("actions").add("linkstar_project.my_work", MyWork);
