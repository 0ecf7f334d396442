import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { DAY, toMs } from "./gantt_time";
import { sayMoment } from "./gantt_words";

/** Rows of the list; the rest is counted. */
const SHOWN = 100;

/** What a move shifts, task by task, before anything is written. */
export class MoveDialog extends Component {
    static template = "linkstar_project.MoveDialog";
    static components = { Dialog };
    static props = {
        task: Object,
        moves: Array,
        apply: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ busy: false });
        this.title = _t("Move “%s”", this.props.task.name);
    }

    get rows() {
        return this.props.moves.slice(0, SHOWN).map((move) => ({
            id: move.task_id,
            name: move.name,
            own: move.task_id === this.props.task.id,
            from: this.say(move.start, move.deadline),
            to: this.say(move.new_start, move.new_deadline),
            by: this.by(move),
            why: move.why || "",
        }));
    }

    /** What the mover should know first: it would begin before what it waits for. */
    get warning() {
        return this.props.moves.map((move) => move.warning).find(Boolean) || "";
    }

    get hidden() {
        return Math.max(0, this.props.moves.length - SHOWN);
    }

    get followers() {
        return this.props.moves.filter((move) => move.task_id !== this.props.task.id)
            .length;
    }

    say(begin, end) {
        const texts = [begin, end].map((text) => (text ? sayMoment(toMs(text)) : "…"));
        return texts.join(" – ");
    }

    /** By how much the end moves, in days: "+2", "−0.5". */
    by(move) {
        const [before, after] = [toMs(move.deadline), toMs(move.new_deadline)];
        if (before === null || after === null) {
            return "";
        }
        const days = Math.round(((after - before) / DAY) * 10) / 10;
        return days > 0 ? `+${days}` : String(days).replace("-", "−");
    }

    async apply() {
        this.state.busy = true;
        try {
            await this.props.apply();
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}
