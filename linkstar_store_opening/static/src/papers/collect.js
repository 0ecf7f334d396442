import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { PackageDialog, PaperViewer } from "./paper_dialogs";
import { PaperDrop } from "./paper_drop";

const COLORS = {
    accepted: "text-bg-success",
    review: "text-bg-info",
    uploaded: "text-bg-info",
    expiring: "text-bg-warning",
    missing: "text-bg-warning",
    incomplete: "text-bg-warning",
    expired: "text-bg-danger",
    refused: "text-bg-danger",
};

/** The papers of one opening, to be collected at a desk or with a phone. */
export class Collect extends Component {
    static template = "linkstar_store_opening.Collect";
    static components = { PaperDrop };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.projectId =
            this.props.action.params.project_id || this.props.action.context.active_id;
        this.state = useState({ name: "", papers: [], store: "", open: 0, all: false });
        onWillStart(() => this.load());
    }

    async load() {
        const answer = await this.orm.call("project.project", "paper_list", [
            [this.projectId],
        ]);
        Object.assign(this.state, answer);
    }

    get papers() {
        const shown = this.state.papers.filter(
            (paper) => this.state.all || paper.state !== "accepted",
        );
        const rank = (paper) => Number(paper.later) + 2 * Number(paper.optional);
        return shown.sort((one, two) => rank(one) - rank(two));
    }

    /** What may wait is shown calmly. */
    color(paper) {
        const waits = paper.state === "missing" && (paper.later || paper.optional);
        return waits ? "text-bg-light" : COLORS[paper.state] || "text-bg-secondary";
    }

    get done() {
        return this.state.papers.filter((paper) => paper.file).length;
    }

    get toggleText() {
        return this.state.all ? _t("Hide accepted papers") : _t("Show all papers");
    }

    documentIdOf(paper) {
        return this.orm.call("linkstar.requirement", "ensure_document", [[paper.id]]);
    }

    async view(paper) {
        const files = await this.orm.call("linkstar.document", "file_list", [
            [paper.document_id],
        ]);
        const file = files.find((one) => one.state === "ready");
        if (file) {
            this.dialog.add(PaperViewer, { file, title: paper.name });
        }
    }

    openPaper(paper) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "linkstar.requirement",
            res_id: paper.id,
            views: [[false, "form"]],
        });
    }

    exportPackage() {
        this.dialog.add(PackageDialog, {
            projectId: this.projectId,
            store: this.state.store,
        });
    }
}

registry.category("actions").add("linkstar_store_opening.collect", Collect);
