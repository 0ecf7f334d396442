import { Component } from "@odoo/owl";
import { arrowHead, edgePath, edgesInView } from "./gantt_edges";
import { ROW_HEIGHT } from "./gantt_rows";
import { ZOOMS, barOf, shades, ticks } from "./gantt_time";
import { tickLabel } from "./gantt_words";

/*
 * The parts of the picture. Each is a component of its own, so that scrolling sideways
 * leaves the rows alone and scrolling down leaves the header and the rows that stay.
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

const WINDOW = {
    picture: Object,
    first: Number,
    last: Number,
    left: Number,
    right: Number,
};

/** Free time, behind the bars: each calendar's rows in one piece, in view or not. */
export class GanttShades extends Component {
    static template = "linkstar_project.GanttShades";
    static props = { ...WINDOW, work: Object };

    get shadings() {
        const { picture, work, first, last, left, right } = this.props;
        return picture.bands
            .filter((band) => band.last > first && band.first < last)
            .flatMap((band) =>
                shades(work[band.calendar] || [], picture.axis, left, right).map(
                    (shade) => ({
                        key: `${band.first} ${shade.left}`,
                        style: `left:${shade.left}px;width:${shade.width}px;top:${
                            band.first * ROW_HEIGHT
                        }px;height:${(band.last - band.first) * ROW_HEIGHT}px`,
                    }),
                ),
            );
    }
}

/** Arrows between the bars of the part in view. */
export class GanttArrows extends Component {
    static template = "linkstar_project.GanttArrows";
    static props = WINDOW;

    /** All lines of a kind are one path: the page stays small. */
    get drawing() {
        const { picture, first, last, left, right } = this.props;
        const { axis, edges, rows, critical } = picture;
        const top = first * ROW_HEIGHT;
        const width = Math.max(right - left, 0);
        const height = Math.max(Math.min(last, rows.length) * ROW_HEIGHT - top, 0);
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
            style: `left:${left}px;top:${top}px;width:${width}px;height:${height}px`,
            viewBox: `${left} ${top} ${width} ${height}`,
        };
    }
}

/** The names of a block of rows: the rows as a reader of the page meets them. */
export class GanttNames extends Component {
    static template = "linkstar_project.GanttNames";
    static props = {
        block: Object,
        focus: { type: [String, { value: null }] },
        onName: Function,
        onFold: Function,
    };
}

/** Bars, milestones and who does it; the one that is dragged stands elsewhere. */
export class GanttBars extends Component {
    static template = "linkstar_project.GanttBars";
    static props = {
        block: Object,
        axis: Object,
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
