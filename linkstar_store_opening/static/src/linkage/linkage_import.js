/* global odoo */
import { Component, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * Import of the linkage register. The sheet stays in this page between the check and
 * the import: the server reads it from memory and keeps no copy.
 */
export class LinkageImport extends Component {
    static template = "linkstar_store_opening.LinkageImport";
    static props = { ...standardActionServiceProps };

    setup() {
        this.http = useService("http");
        this.action = useService("action");
        this.input = useRef("file");
        this.state = useState({ busy: false, plan: null, error: "", done: false });
    }

    get file() {
        return this.input.el?.files[0];
    }

    async send(apply) {
        if (!this.file || this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const answer = await this.http.post("/linkstar/linkage/import", {
                csrf_token: odoo.csrf_token,
                sheet: [this.file],
                apply: apply ? "1" : "",
            });
            this.state.error = answer.error || "";
            this.state.plan = answer.error ? null : answer;
            this.state.done = apply && !answer.error;
        } finally {
            this.state.busy = false;
        }
    }

    openRegister() {
        return this.action.doAction("linkstar_store_opening.linkstar_asset_action");
    }

    openConflicts() {
        return this.action.doAction(
            "linkstar_store_opening.linkstar_asset_conflict_action",
        );
    }
}

registry
    .category("actions")
    .add("linkstar_store_opening.linkage_import", LinkageImport);
