import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "linkstar.kpi.scorecard";

/** One person's scorecard: standing, what moves it most, and why. */
export class MyScorecard extends Component {
    static template = "linkstar_kpi.MyScorecard";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({
            page: null,
            open: {},
            parts: {},
            writing: "",
            text: "",
        });
        onWillStart(() => this.load(this.props.action.params?.card_id));
    }

    async load(cardId) {
        this.state.page = await this.orm.call(MODEL, "my_page", [cardId || false]);
        this.state.open = {};
        this.state.parts = {};
        this.state.writing = "";
    }

    get card() {
        return this.state.page.card;
    }

    get needsAcknowledgement() {
        return this.card.is_own && !this.card.is_acknowledged;
    }

    /** Width of a line's bar: points, full at 120. */
    width(line) {
        return Math.min(100, Math.max(0, (line.points / 120) * 100));
    }

    tone(line) {
        if (!["scored", "neutral"].includes(line.state)) {
            return "o_kpi_none";
        }
        if (line.points >= 100) {
            return "o_kpi_good";
        }
        return line.points >= 60 ? "o_kpi_fair" : "o_kpi_poor";
    }

    /** Height of a month's bar in pixels. */
    height(entry) {
        const top = Math.max(100, ...this.state.page.history.map((x) => x.score));
        return Math.max(2, Math.round((entry.score / top) * 72));
    }

    say(number) {
        return Number(number).toLocaleString(undefined, { maximumFractionDigits: 2 });
    }

    toggle(line) {
        this.state.open[line.id] = !this.state.open[line.id];
    }

    async showParts(line) {
        this.state.parts[line.id] = await this.orm.call(
            "linkstar.kpi.scorecard.line",
            "figure_parts",
            [[line.id]],
        );
    }

    async openSources(line) {
        const action = await this.orm.call(
            "linkstar.kpi.scorecard.line",
            "action_open_sources",
            [[line.id]],
        );
        this.action.doAction(action);
    }

    async acknowledge() {
        await this.orm.call(MODEL, "action_acknowledge", [[this.card.id]]);
        this.notification.add(_t("Acknowledged."), { type: "success" });
        await this.load(this.card.id);
    }

    write(what) {
        this.state.writing = what;
        this.state.text = what === "comment" ? this.card.comment : "";
    }

    async send() {
        const method = this.state.writing;
        await this.orm.call(MODEL, method, [[this.card.id], this.state.text]);
        await this.load(this.card.id);
    }

    async consent(agree) {
        await this.orm.call("linkstar.kpi.privacy", "decide", [agree]);
        await this.load(this.card.id);
    }

    async openAction(item) {
        const action = await this.orm.call("linkstar.kpi.action", "action_open", [
            [item.id],
        ]);
        this.action.doAction(action);
    }

    downloadEverything() {
        this.action.doAction({
            type: "ir.actions.act_url",
            url: "/linkstar/kpi/person/0.xlsx",
            target: "self",
        });
    }

    async download() {
        const action = await this.orm.call(MODEL, "action_export_xlsx", [
            [this.card.id],
        ]);
        this.action.doAction(action);
    }
}

registry.category("actions").add("linkstar_kpi.my_scorecard", MyScorecard);
