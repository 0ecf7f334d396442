import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Show a reminder the moment it is sent, wherever the person is in Odoo. */
export const reminderService = {
    dependencies: ["bus_service", "notification", "action"],
    start(env, { bus_service: bus, notification, action }) {
        bus.subscribe("linkstar.reminder", ({ title, code }) => {
            notification.add(title, {
                title: code,
                type: "warning",
                buttons: [
                    {
                        name: _t("My work"),
                        primary: true,
                        onClick: () =>
                            action.doAction("linkstar_project.my_work_action"),
                    },
                ],
            });
            env.bus.trigger("LINKSTAR:REMINDED");
        });
        bus.start();
    },
};

registry.category("services").add("linkstar_reminder", reminderService);
