import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { upload } from "./paper_api";

/**
 * Where a paper's file is dropped, chosen, or photographed.
 * ``documentId`` is a function: the paper may be made only when a file comes.
 */
export class PaperDrop extends Component {
    static template = "linkstar_store_opening.PaperDrop";
    static props = {
        documentId: Function,
        onUploaded: Function,
        formats: { type: Array, optional: true },
        compact: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.fileInput = useRef("file");
        this.cameraInput = useRef("camera");
        this.state = useState({ over: false, progress: -1, error: "", note: "" });
    }

    get accept() {
        const formats = this.props.formats || ["pdf", "jpg", "png"];
        return formats.map((format) => `.${format}`).join(",") + ",.jpeg";
    }

    onDrop(ev) {
        this.state.over = false;
        this.send(ev.dataTransfer.files[0]);
    }

    onChosen(ev) {
        const file = ev.target.files[0];
        this.send(file).finally(() => {
            ev.target.value = "";
        });
    }

    async send(file) {
        if (!file || this.state.progress >= 0) {
            return;
        }
        Object.assign(this.state, { progress: 0, error: "", note: "" });
        try {
            const documentId = await this.props.documentId();
            const answer = await upload(this.orm, documentId, file, (percent) => {
                this.state.progress = percent;
            });
            this.state.error = answer.error || "";
            if (!answer.error) {
                this.state.note =
                    answer.note || _t("Version %s stands.", answer.number);
                await this.props.onUploaded();
            }
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        } finally {
            this.state.progress = -1;
        }
    }
}
