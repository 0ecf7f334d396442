import {
    Component,
    markup,
    onWillStart,
    onWillUpdateProps,
    useRef,
    useState,
} from "@odoo/owl";
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
        this.pending = Promise.resolve();
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
     * is shown by the web client and leaves everything as it was. Calls follow one
     * another: a photo chosen while something is saved waits, and is never dropped.
     */
    run(method, args = []) {
        const { taskId } = this.props;
        const call = this.pending.then(() => this.call(taskId, method, args));
        this.pending = call.catch(() => {});
        return call;
    }

    async call(taskId, method, args) {
        this.state.busy = true;
        try {
            await this.orm.call("project.task", method, [[taskId], ...args]);
            if (taskId === this.props.taskId) {
                await this.load(taskId);
                await this.props.onChanged(method, this.state.task);
            }
        } finally {
            this.state.busy = false;
        }
    }

    /** A button's call: a second tap while the first is under way is no second wish. */
    press(method, args) {
        return this.state.busy ? undefined : this.run(method, args);
    }

    start() {
        return this.press("linkstar_start");
    }

    confirm() {
        return this.press("linkstar_acknowledge");
    }

    finish() {
        return this.press("linkstar_finish");
    }

    async comment() {
        const text = this.state.text.trim();
        if (text && !this.state.busy) {
            await this.press("linkstar_comment", [text]);
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
