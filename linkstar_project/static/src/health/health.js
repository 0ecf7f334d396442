import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** In the order in which one looks for the cause of a silent system. */
const AREAS = {
    access: _t("Authorisation"),
    data: _t("Data freshness"),
    jobs: _t("Scheduled work"),
    people: _t("People"),
    templates: _t("Templates and launches"),
    messages: _t("Messages"),
    other: _t("Other"),
};
const ICONS = {
    error: "fa-times-circle text-danger",
    warning: "fa-exclamation-triangle text-warning",
    info: "fa-info-circle text-info",
};

const SEVERITIES = { error: _t("Error"), warning: _t("Warning"), info: _t("Note") };

/** Everything that is wrong, each line with its next step. */
export class Health extends Component {
    static template = "linkstar_project.Health";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.icons = ICONS;
        this.severities = SEVERITIES;
        this.state = useState({ data: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call(
            "linkstar.health.provider",
            "linkstar_health",
            [],
        );
    }

    get areas() {
        return Object.entries(AREAS)
            .map(([key, title]) => ({
                key,
                title,
                checks: this.state.data.checks.filter((c) => c.area === key),
            }))
            .filter((area) => area.checks.length);
    }

    count(severity) {
        return this.state.data.checks.filter((c) => c.severity === severity).length;
    }

    canOpen(check) {
        return Boolean(check.action || check.res_model);
    }

    open(check) {
        if (check.action) {
            return this.action.doAction(check.action);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: check.title,
            res_model: check.res_model,
            res_id: check.res_id || undefined,
            domain: check.domain || [],
            views: check.res_id
                ? [[false, "form"]]
                : [
                      [false, "list"],
                      [false, "form"],
                  ],
        });
    }
}

registry.category("actions").add("linkstar_project.health", Health);
