import { exprToBoolean } from "@web/core/utils/strings";
import { ZOOMS } from "./gantt_time";

/** Reads `<linkstar_gantt zoom="week" critical="1"/>`. */
export class GanttArchParser {
    parse(arch) {
        const zoom = arch.getAttribute("zoom");
        return {
            zoom: zoom in ZOOMS ? zoom : "week",
            critical: exprToBoolean(arch.getAttribute("critical"), true),
        };
    }
}
