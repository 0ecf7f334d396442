import { Component } from "@odoo/owl";
import {
    ROW_HEIGHT,
    ZOOMS,
    arrowHead,
    barOf,
    calendarBands,
    edgePath,
    edgesInView,
    shades,
    ticks,
} from "./gantt_layout";
import { tickLabel } from "./gantt_words";

/*
 * The parts of the picture. Each is a component of its own, so that scrolling sideways
 * leaves the rows alone and scrolling down leaves the header alone.
 */

/** Two lines of dates above the bars. */
export class GanttHeader extends Component {
    static template = "linkstar_project.GanttHeader";
    static props = { axis: Object, left: Number, right: Number, offset: Number };

    line(name) {
        const { axis, left, right } = this.props;
        return ticks(axis, ZOOMS[axis.zoom][name], left, right).map((tick) => ({
            ...tick,
            label: tickLabel(axis.zoom, name, tick.ms),
        }));
    }
}

/** Free time and arrows, behind the bars, for the part in view only. */
export class GanttBack extends Component {
    static template = "linkstar_project.GanttBack";
    static props = {
        axis: Object,
        rows: Array,
        edges: Array,
        work: Object,
        first: Number,
        last: Number,
        left: Number,
        right: Number,
        critical: Boolean,
        offset: Number,
    };

    get shadings() {
        const { axis, rows, work, first, last, left, right, offset } = this.props;
        return calendarBands(rows, first, last).flatMap((band) =>
            shades(work[band.calendar] || [], axis, left, right).map((shade) => ({
                key: `${band.first} ${shade.left}`,
                style: `left:${offset + shade.left}px;width:${shade.width}px;top:${
                    band.first * ROW_HEIGHT
                }px;height:${(band.last - band.first) * ROW_HEIGHT}px`,
            })),
        );
    }

    /** All lines of a kind are one path: the page stays small. */
    get drawing() {
        const { axis, edges, first, last, left, right, critical, offset } = this.props;
        const top = first * ROW_HEIGHT;
        const width = Math.max(right - left, 0);
        const height = Math.max(last * ROW_HEIGHT - top, 0);
        const found = edgesInView(edges, axis, { first, last }, { left, right });
        const lines = { plain: "", critical: "" };
        const heads = { plain: "", critical: "" };
        for (const edge of found) {
            const kind = critical && edge.critical ? "critical" : "plain";
            lines[kind] += edgePath(edge, axis);
            heads[kind] += arrowHead(edge, axis);
        }
        return {
            count: found.length,
            lines,
            heads,
            style: `left:${offset + left}px;top:${top}px;width:${width}px;height:${height}px`,
            viewBox: `${left} ${top} ${width} ${height}`,
        };
    }
}

/** The names on the left: the rows as a reader of the page meets them. */
export class GanttNames extends Component {
    static template = "linkstar_project.GanttNames";
    static props = {
        items: Array,
        focus: { type: [String, { value: null }] },
        onName: Function,
        onFold: Function,
    };
}

/** Bars, milestones and who does it; the one that is dragged stands elsewhere. */
export class GanttBars extends Component {
    static template = "linkstar_project.GanttBars";
    static props = {
        items: Array,
        axis: Object,
        offset: Number,
        ghost: { type: [Object, { value: null }] },
        focus: { type: [String, { value: null }] },
        onDown: Function,
    };

    ghostOf(item) {
        const { ghost } = this.props;
        return ghost?.key === item.row.key ? ghost : null;
    }

    place(item) {
        const ghost = this.ghostOf(item);
        return ghost ? barOf(ghost.span, this.props.axis) : item.bar;
    }
}
