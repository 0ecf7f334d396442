import { registry } from "@web/core/registry";
import { GanttArchParser } from "./gantt_arch_parser";
import { GanttController } from "./gantt_controller";
import { GanttModel } from "./gantt_model";
import { GanttRenderer } from "./gantt_renderer";

/** A view type of its own, beside Enterprise's `gantt`. */
export const linkstarGanttView = {
    type: "linkstar_gantt",
    ArchParser: GanttArchParser,
    Controller: GanttController,
    Model: GanttModel,
    Renderer: GanttRenderer,
    searchMenuTypes: ["filter", "favorite"],

    props(genericProps, view) {
        return {
            ...genericProps,
            archInfo: new view.ArchParser().parse(genericProps.arch),
            Model: view.Model,
            Renderer: view.Renderer,
        };
    },
};

registry.category("views").add("linkstar_gantt", linkstarGanttView);
