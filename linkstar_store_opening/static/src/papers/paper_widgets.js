import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { PaperViewer, RevealDialog } from "./paper_dialogs";
import { PaperDrop } from "./paper_drop";

/** The versions of a document, on its own form or on a requirement's. */
export class PaperFiles extends Component {
    static template = "linkstar_store_opening.PaperFiles";
    static components = { PaperDrop };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ files: [] });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    idOf({ record }) {
        return record.resModel === "linkstar.document"
            ? record.resId
            : record.data.document_id?.id;
    }

    async load(props) {
        const id = this.idOf(props);
        this.state.files = id
            ? await this.orm.call("linkstar.document", "file_list", [[id]])
            : [];
    }

    get isSaved() {
        return Boolean(this.props.record.resId);
    }

    /** Endings that the file dialog offers; none: those of most papers. */
    get formats() {
        return undefined;
    }

    async documentId() {
        const { record } = this.props;
        await record.save();
        if (record.resModel === "linkstar.document") {
            return record.resId;
        }
        return this.orm.call(record.resModel, "ensure_document", [[record.resId]]);
    }

    async onUploaded() {
        await this.props.record.load();
        await this.load(this.props);
    }

    view(file) {
        const { data } = this.props.record;
        const title =
            data.name || data.document_id?.display_name || data.type_id?.display_name;
        this.dialog.add(PaperViewer, { file, title: title || "" });
    }
}

registry.category("view_widgets").add("linkstar_paper_files", {
    component: PaperFiles,
});

/** The platform's answer to a round: files are added one by one, never replaced. */
export class RoundFiles extends PaperFiles {
    roundOf({ record }) {
        return record.resModel === "linkstar.submission"
            ? record.resId
            : record.data.submission_id?.id;
    }

    async load(props) {
        const id = this.roundOf(props);
        this.state.files = id
            ? await this.orm.call("linkstar.submission", "evidence_list", [[id]])
            : [];
    }

    get isSaved() {
        return Boolean(this.roundOf(this.props));
    }

    get formats() {
        return ["jpg", "png", "pdf", "eml"];
    }

    documentId() {
        const id = this.roundOf(this.props);
        return this.orm.call("linkstar.submission", "new_evidence", [[id]]);
    }

    onUploaded() {
        return this.load(this.props);
    }

    view(file) {
        this.dialog.add(PaperViewer, { file, title: _t("Platform's answer") });
    }
}

registry.category("view_widgets").add("linkstar_round_files", {
    component: RoundFiles,
});

/** A button that shows an encrypted value after a reason was given. */
export class RevealButton extends Component {
    static template = "linkstar_store_opening.RevealButton";
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({ may: false });
        onWillStart(async () => {
            this.state.may = await user.hasGroup(
                "linkstar_store_opening.group_compliance",
            );
        });
    }

    open() {
        const { resModel, resId } = this.props.record;
        this.dialog.add(RevealDialog, { model: resModel, resId });
    }
}

registry.category("view_widgets").add("linkstar_reveal", { component: RevealButton });
