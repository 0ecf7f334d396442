import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { session } from "@web/session";
import { WebClient } from "@web/webclient/webclient";

/** So often the banner asks again: it appears and goes by itself. */
const ASK_AGAIN_MS = 10 * 60 * 1000;

/** Across the whole web client while the scheduler does not run. */
export class SchedulerBanner extends Component {
    static template = "linkstar_project.SchedulerBanner";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            late: Boolean(session.linkstar_scheduler_late),
            hidden: false,
            canOpen: false,
        });
        onWillStart(async () => {
            const groups = ["group_lead", "group_auditor"];
            const has = await Promise.all(
                groups.map((name) => user.hasGroup(`linkstar_project.${name}`)),
            );
            this.state.canOpen = has.some(Boolean);
        });
        if ("linkstar_scheduler_late" in session) {
            const timer = browser.setInterval(() => this.ask(), ASK_AGAIN_MS);
            onWillUnmount(() => browser.clearInterval(timer));
        }
    }

    async ask() {
        try {
            this.state.late = await this.orm.silent.call(
                "linkstar.health.provider",
                "linkstar_scheduler_late",
                [],
            );
        } catch {
            // Offline or signed out: the web client says so itself.
        }
    }

    open() {
        return this.action.doAction("linkstar_project.health_action", {
            clearBreadcrumbs: true,
        });
    }

    hide() {
        this.state.hidden = true;
    }
}

patch(WebClient, {
    components: { ...WebClient.components, LinkstarSchedulerBanner: SchedulerBanner },
});
