import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { sayMoment, taskMarks } from "./gantt_words";

/** One task in a few lines; why it waits is asked for when it is opened. */
export class GanttPopover extends Component {
    static template = "linkstar_project.GanttPopover";
    static props = {
        row: Object,
        people: Array,
        onOpen: Function,
        close: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ reason: "" });
        onWillStart(() => this.loadReason());
    }

    async loadReason() {
        const { task } = this.props.row;
        if (task.blocked) {
            const [row] = await this.orm.read(
                "project.task",
                [task.id],
                ["blocked_reason"],
            );
            this.state.reason = row?.blocked_reason || "";
        }
    }

    get marks() {
        return taskMarks(this.props.row.task).join(", ");
    }

    get dates() {
        const { span } = this.props.row;
        return span ? `${sayMoment(span.begin)} – ${sayMoment(span.end)}` : "";
    }

    open() {
        this.props.close?.();
        this.props.onOpen(this.props.row.id);
    }
}
