import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { readPhoto } from "../my_work/photo";

/** One round opened: a tap per check, a fault becomes a task in one more. */
export class RoundPanel extends Component {
    static template = "linkstar_project.RoundPanel";
    static props = {
        roundId: Number,
        onChanged: Function,
        onClose: Function,
        onOpenTask: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.camera = useRef("camera");
        this.pending = Promise.resolve();
        this.state = useState({ round: null, busy: false, fault: null, note: "" });
        // What the photo that is being taken is for: a check, and its answer if any.
        this.shooting = null;
        onWillStart(() => this.load(this.props.roundId));
        onWillUpdateProps((next) => {
            if (next.roundId !== this.props.roundId) {
                this.state.fault = null;
                return this.load(next.roundId);
            }
        });
    }

    async load(roundId) {
        this.state.round = await this.orm.call("linkstar.round", "linkstar_card", [
            [roundId],
        ]);
    }

    get editable() {
        return this.state.round.mine && this.state.round.open;
    }

    get until() {
        return deserializeDateTime(this.state.round.closes_at).toFormat("MM-dd HH:mm");
    }

    /** Calls follow one another; every answer brings the whole round back. */
    run(method, checkId, args = []) {
        const call = this.pending.then(() => this.call(method, checkId, args));
        this.pending = call.catch(() => {});
        return call;
    }

    async call(method, checkId, args) {
        this.state.busy = true;
        try {
            const round = await this.orm.call("linkstar.round.check", method, [
                [checkId],
                ...args,
            ]);
            if (round.id === this.props.roundId) {
                this.state.round = round;
            }
            await this.props.onChanged();
        } finally {
            this.state.busy = false;
        }
    }

    /** A check that wants a photo opens the camera first: still one tap. */
    answer(check, result) {
        this.state.fault = null;
        if (check.photo_required && !check.photos.length && result !== "na") {
            return this.photograph(check, result);
        }
        return this.run("linkstar_answer", check.id, [result, check.note]);
    }

    askFault(check) {
        const same = this.state.fault === check.id;
        this.state.fault = same ? null : check.id;
        this.state.note = check.note;
    }

    async noteFault(check) {
        await this.run("linkstar_answer", check.id, ["fault", this.state.note]);
        this.state.fault = null;
    }

    async makeTask(check) {
        await this.run("linkstar_make_task", check.id, [this.state.note]);
        this.state.fault = null;
    }

    photograph(check, result = null) {
        this.shooting = { id: check.id, result };
        this.camera.el.click();
    }

    async onPhoto(ev) {
        const files = [...ev.target.files];
        const wanted = this.shooting;
        ev.target.value = "";
        for (const file of files) {
            const photo = await readPhoto(file);
            await this.run("linkstar_attach_photo", wanted.id, [
                photo.name,
                photo.data,
            ]);
        }
        if (files.length && wanted.result) {
            await this.run("linkstar_answer", wanted.id, [wanted.result]);
        }
    }
}
