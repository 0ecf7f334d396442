import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";

/** Today's store rounds of one person: what is still to walk, and what is done. */
export class RoundList extends Component {
    static template = "linkstar_project.RoundList";
    static props = {
        rounds: Array,
        selected: { type: [Number, { value: null }], optional: true },
        onOpen: Function,
    };

    get open() {
        return this.props.rounds.filter((round) => round.state === "open");
    }

    get done() {
        return this.props.rounds.filter((round) => round.state === "done");
    }

    until(round) {
        return deserializeDateTime(round.closes_at).toFormat("HH:mm");
    }

    percent(round) {
        return round.total ? Math.round((100 * round.done) / round.total) : 0;
    }
}
