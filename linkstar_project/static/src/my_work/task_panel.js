import { Component, markup, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { sayDeadline } from "./deadline";
import { readPhoto } from "./photo";

/** One task opened: instructions, proof, talk, and the buttons that move it. */
export class TaskPanel extends Component {
    static template = "linkstar_project.TaskPanel";
    static props = { taskId: Number, onChanged: Function, onClose: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.camera = useRef("camera");
        this.state = useState({ task: null, text: "", busy: false });
        onWillStart(() => this.load(this.props.taskId));
        onWillUpdateProps((next) => {
            if (next.taskId !== this.props.taskId) {
                this.state.text = "";
                return this.load(next.taskId);
            }
        });
    }

    async load(taskId) {
        const task = await this.orm.call("project.task", "linkstar_card", [[taskId]]);
        // Sanitised by the server's HTML field.
        task.instructions = task.instructions ? markup(task.instructions) : "";
        this.state.task = task;
    }

    get deadline() {
        return sayDeadline(this.state.task.deadline);
    }

    get closed() {
        return ["1_done", "1_canceled"].includes(this.state.task.state);
    }

    get photoMissing() {
        return this.state.task.evidence_required && !this.state.task.files;
    }

    when(text) {
        return deserializeDateTime(text).toRelative();
    }

    /**
     * Call a method of the task, then show what became of it. An error of the server
     * is shown by the web client and leaves everything as it was.
     */
    async run(method, args = []) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await this.orm.call("project.task", method, [[this.props.taskId], ...args]);
            await this.load(this.props.taskId);
            await this.props.onChanged(method, this.state.task);
        } finally {
            this.state.busy = false;
        }
    }

    start() {
        return this.run("linkstar_start");
    }

    confirm() {
        return this.run("linkstar_acknowledge");
    }

    finish() {
        return this.run("linkstar_finish");
    }

    async comment() {
        const text = this.state.text.trim();
        if (text) {
            await this.run("linkstar_comment", [text]);
            this.state.text = "";
        }
    }

    photograph() {
        this.camera.el.click();
    }

    async onPhoto(ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        for (const file of files) {
            const photo = await readPhoto(file);
            await this.run("linkstar_attach_photo", [photo.name, photo.data]);
        }
    }

    openForm() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "project.task",
            res_id: this.props.taskId,
            views: [[false, "form"]],
        });
    }
}
