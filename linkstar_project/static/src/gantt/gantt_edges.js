/** The arrows between bars: which are in view, and their paths. */

import { ROW_HEIGHT } from "./gantt_rows";
import { barOf, xOf } from "./gantt_time";

/** Arrows drawn at once: more are a tangle nobody reads. */
export const EDGE_LIMIT = 500;

/** Dependencies between rows that are shown and have bars. */
export function buildEdges(edges, rows) {
    const byTask = new Map();
    for (const row of rows) {
        if (row.kind === "task" && row.span) {
            byTask.set(row.id, row);
        }
    }
    const found = [];
    for (const [before, after] of edges) {
        const a = byTask.get(before);
        const b = byTask.get(after);
        if (a && b) {
            found.push({
                key: `${before}-${after}`,
                a,
                b,
                critical: a.task.critical && b.task.critical,
            });
        }
    }
    return found;
}

/** Dependencies that cross the part of the picture in view, at most EDGE_LIMIT. */
export function edgesInView(edges, axis, rows, x) {
    const found = [];
    for (const edge of edges) {
        const { a, b } = edge;
        if (Math.max(a.index, b.index) < rows.first) {
            continue;
        }
        if (Math.min(a.index, b.index) >= rows.last) {
            continue;
        }
        const begin = xOf(a.span.end, axis);
        const end = xOf(b.span.begin, axis);
        if (Math.max(begin, end) + 12 < x.left || Math.min(begin, end) - 12 > x.right) {
            continue;
        }
        found.push(edge);
        if (found.length >= EDGE_LIMIT) {
            break;
        }
    }
    return found;
}

/** The path of an arrow from the end of one bar to the begin of another. */
export function edgePath(edge, axis) {
    const from = barOf(edge.a.span, axis);
    const x1 = Math.round(from.left + from.width);
    const x2 = Math.round(xOf(edge.b.span.begin, axis));
    const y1 = (edge.a.index + 0.5) * ROW_HEIGHT;
    const y2 = (edge.b.index + 0.5) * ROW_HEIGHT;
    if (x2 >= x1 + 14) {
        return `M${x1} ${y1}H${x2 - 8}V${y2}H${x2}`;
    }
    const between = y2 > y1 ? y2 - ROW_HEIGHT / 2 : y2 + ROW_HEIGHT / 2;
    return `M${x1} ${y1}h6V${between}H${x2 - 8}V${y2}H${x2}`;
}

/** The head of that arrow, a triangle at the begin of the second bar. */
export function arrowHead(edge, axis) {
    const x = Math.round(xOf(edge.b.span.begin, axis));
    return `M${x} ${(edge.b.index + 0.5) * ROW_HEIGHT}l-6 -3v6z`;
}
