import { Component } from "@odoo/owl";
import { sayDeadline } from "./deadline";

/** One task in a list: what, where, until when, and why it waits. */
export class TaskCard extends Component {
    static template = "linkstar_project.TaskCard";
    static props = {
        task: Object,
        section: String,
        selected: { type: Boolean, optional: true },
        onOpen: Function,
    };

    get deadline() {
        return sayDeadline(this.props.task.deadline);
    }

    get showPeople() {
        return !this.props.task.mine && this.props.task.people.length;
    }
}
