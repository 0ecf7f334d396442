import { Component, onWillUnmount, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { fetchBlob, save } from "./paper_api";

/** Seconds for which a revealed value stays on the screen. */
const SHOWN_SECONDS = 60;

/** Opens one version: asks for a reason where the paper is sensitive, then shows it. */
export class PaperViewer extends Component {
    static template = "linkstar_store_opening.PaperViewer";
    static components = { Dialog };
    static props = { file: Object, title: String, close: Function };

    setup() {
        this.state = useState({ reason: "", error: "", url: "", busy: false });
        this.ui = useService("ui");
        onWillUnmount(() => URL.revokeObjectURL(this.state.url));
        if (!this.props.file.is_sensitive) {
            this.open();
        }
    }

    get isPicture() {
        return ["jpg", "png", "webp"].includes(this.props.file.kind);
    }

    get isPdf() {
        return this.props.file.kind === "pdf" && !this.ui.isSmall;
    }

    get saveName() {
        return `${this.props.title.slice(0, 60)}-v${this.props.file.number}.${this.props.file.kind}`;
    }

    async open() {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        this.state.error = "";
        try {
            const { blob } = await fetchBlob(
                `/linkstar/papers/file/${this.props.file.id}`,
                {
                    reason: this.state.reason,
                },
            );
            this.blob = blob;
            this.state.url = URL.createObjectURL(blob);
        } catch (error) {
            this.state.error = error.message;
        } finally {
            this.state.busy = false;
        }
    }

    onSave() {
        save(this.blob, this.saveName);
    }
}

/** Shows an encrypted value in clear for a minute, after a reason was given. */
export class RevealDialog extends Component {
    static template = "linkstar_store_opening.RevealDialog";
    static components = { Dialog };
    static props = { model: String, resId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ reason: "", value: "" });
        onWillUnmount(() => clearTimeout(this.timer));
    }

    async reveal() {
        this.state.value = await this.orm.call(
            this.props.model,
            "action_reveal_value",
            [[this.props.resId], this.state.reason],
        );
        this.timer = setTimeout(() => this.props.close(), SHOWN_SECONDS * 1000);
    }
}

/** Asks for recipient, password and purpose, and saves the encrypted package. */
export class PackageDialog extends Component {
    static template = "linkstar_store_opening.PackageDialog";
    static components = { Dialog };
    static props = { projectId: Number, store: String, close: Function };

    setup() {
        this.notification = useService("notification");
        this.state = useState({
            recipient: "",
            reason: "",
            password: newPassword(),
            error: "",
            busy: false,
        });
    }

    async send() {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        this.state.error = "";
        const { recipient, reason, password } = this.state;
        try {
            const { blob, headers } = await fetchBlob(
                `/linkstar/papers/package/${this.props.projectId}`,
                { recipient, reason, password },
            );
            save(blob, `papers-${this.props.store}.zip`);
            const included = headers.get("X-Linkstar-Included");
            const left = headers.get("X-Linkstar-Left-Out");
            this.notification.add(
                _t(
                    "%(included)s papers packed, %(left)s left out: the index says why.",
                    {
                        included,
                        left,
                    },
                ),
                { type: "success" },
            );
            this.props.close();
        } catch (error) {
            this.state.error = error.message;
        } finally {
            this.state.busy = false;
        }
    }
}

function newPassword() {
    const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    const numbers = crypto.getRandomValues(new Uint32Array(20));
    return Array.from(numbers, (n) => letters[n % letters.length]).join("");
}
