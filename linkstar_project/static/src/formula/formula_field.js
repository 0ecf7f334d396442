import { onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { CharField, charField } from "@web/views/fields/char/char_field";

/** A formula that is judged and computed while it is typed. */
export class FormulaField extends CharField {
    static template = "linkstar_project.FormulaField";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.preview = useState({ text: "", answer: null });
        this.askSoon = useDebounced((text) => this.ask(text), 300);
        onWillStart(() => this.ask(this.props.record.data[this.props.name]));
        onWillUpdateProps((next) => {
            const text = next.record.data[next.name] || "";
            if (text !== this.preview.text) {
                this.askSoon(text);
            }
        });
    }

    onInput(event) {
        this.askSoon(event.target.value);
    }

    async ask(text) {
        this.preview.text = text || "";
        if (!this.preview.text.trim() || this.props.readonly) {
            this.preview.answer = null;
            return;
        }
        try {
            this.preview.answer = await this.keepLast.add(
                this.orm.silent.call("linkstar.metric", "preview_formula", [
                    this.preview.text,
                    this.props.record.data.code || "",
                ]),
            );
        } catch {
            // Readers without the right to define metrics see the formula only.
            this.preview.answer = null;
        }
    }

    /** The formula before, at and behind the fault, to mark the place. */
    get parts() {
        const { text, answer } = this.preview;
        const at = Math.max(0, Math.min(answer.position - 1, text.length));
        return [text.slice(0, at), text.slice(at, at + 1) || "␣", text.slice(at + 1)];
    }

    shown(value) {
        if (value === null) {
            return _t("no figures");
        }
        return Number(value.toPrecision(6)).toLocaleString();
    }
}

registry.category("fields").add("linkstar_formula", {
    ...charField,
    component: FormulaField,
    displayName: _t("Formula"),
});
