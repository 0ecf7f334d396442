/**
 * The arithmetic of the Gantt's axis: moments, pixels, header lines, shading, drags.
 * Nothing here touches the page, so that all of it can be tested alone.
 *
 * Moments are milliseconds since 1970 (UTC); `from` is the left end of the axis.
 */

const { DateTime } = luxon;

export const HOUR = 3600000;
export const DAY = 24 * HOUR;
/** A bar is never thinner than a finger can hit, in pixels. */
export const BAR_MIN = 8;
const X_CHUNK = 600;

/**
 * Zoom levels: pixels a day, units of the two header lines, the step of a drag, and
 * the shortest free time that is worth a shade (no lunch in a week, no nights in a
 * month).
 */
export const ZOOMS = {
    day: { scale: 960, major: "day", minor: "hour", step: HOUR / 4, shade: 0 },
    week: {
        scale: 144,
        major: "week",
        minor: "day",
        step: HOUR,
        shade: 2 * HOUR,
    },
    month: { scale: 36, major: "month", minor: "day", step: DAY, shade: 20 * HOUR },
    quarter: { scale: 12, major: "month", minor: "week", step: DAY, shade: 20 * HOUR },
};
export const ZOOM_ORDER = ["day", "week", "month", "quarter"];

/** Moment of a server's UTC text; much faster than a general parser. */
export function toMs(text) {
    if (!text) {
        return null;
    }
    const part = (from, to) => Number(text.slice(from, to));
    return Date.UTC(
        part(0, 4),
        part(5, 7) - 1,
        part(8, 10),
        part(11, 13),
        part(14, 16),
        part(17, 19),
    );
}

/** A milestone's day, drawn at its noon wherever the reader is. */
export function milestoneMs(date) {
    return DateTime.fromISO(date).plus({ hours: 12 }).toMillis();
}

/** The server's UTC text of a moment. */
export function toText(ms) {
    return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/**
 * Where a task's bar begins and ends.
 *
 * A task with one date only is drawn by its planned hours (an hour at least) and
 * marked as a guess; without dates it has no bar.
 *
 * @returns {{begin: number, end: number, guess: boolean} | null}
 */
export function spanOf(task) {
    const begin = toMs(task.begin);
    const end = toMs(task.end);
    const length = Math.max(task.hours || 0, 1) * HOUR;
    if (begin === null && end === null) {
        return null;
    }
    if (begin === null) {
        return { begin: end - length, end, guess: true };
    }
    if (end === null) {
        return { begin, end: begin + length, guess: true };
    }
    return { begin: Math.min(begin, end), end, guess: false };
}

export function xOf(ms, axis) {
    return ((ms - axis.from) / DAY) * axis.scale;
}

export function msOf(x, axis) {
    return axis.from + (x / axis.scale) * DAY;
}

/**
 * The axis: whole days from the first to the last moment, and today.
 *
 * @param {[number, number]} bounds
 */
export function buildAxis(bounds, zoom, now) {
    const from = DateTime.fromMillis(Math.min(bounds[0], now)).startOf("day");
    const to = DateTime.fromMillis(Math.max(bounds[1], now)).endOf("day");
    const { scale } = ZOOMS[zoom];
    const axis = { from: from.toMillis(), to: to.toMillis() + 1, scale, zoom };
    axis.width = Math.ceil(xOf(axis.to, axis));
    return axis;
}

/** The place of a bar on the axis. */
export function barOf(span, axis) {
    const left = xOf(span.begin, axis);
    return { left, width: Math.max(BAR_MIN, xOf(span.end, axis) - left) };
}

/** Pixels of the axis to render for a scroll position. */
export function visibleX(width, left, shown) {
    const first = (Math.floor(left / X_CHUNK) - 1) * X_CHUNK;
    const last = (Math.ceil((left + shown) / X_CHUNK) + 1) * X_CHUNK;
    return { left: Math.max(0, first), right: Math.min(width, last) };
}

/**
 * Marks of one header line between two pixels.
 *
 * @param {"hour"|"day"|"week"|"month"} unit
 * @returns {{left: number, width: number, ms: number}[]}
 */
export function ticks(axis, unit, left, right) {
    const found = [];
    let moment = DateTime.fromMillis(msOf(left, axis)).startOf(unit);
    const end = Math.min(msOf(right, axis), axis.to);
    while (moment.toMillis() < end) {
        const next = moment.plus({ [unit]: 1 });
        const from = Math.max(moment.toMillis(), axis.from);
        const to = Math.min(next.toMillis(), axis.to);
        if (to > from) {
            const x = xOf(from, axis);
            found.push({ left: x, width: xOf(to, axis) - x, ms: from });
        }
        moment = next;
    }
    return found;
}

/**
 * Time between working intervals, as pixels between `left` and `right`.
 *
 * @param {[number, number][]} work ordered and disjoint
 */
export function shades(work, axis, left, right) {
    const shortest = ZOOMS[axis.zoom].shade;
    const from = msOf(left, axis);
    const to = msOf(right, axis);
    const found = [];
    let cursor = work.length ? work[0][0] : to;
    // Beyond what the server told, nothing is known: nothing is shaded.
    for (const [begin, end] of work) {
        if (begin - cursor > shortest && begin > from && cursor < to) {
            const x = Math.max(xOf(cursor, axis), left);
            found.push({ left: x, width: Math.min(xOf(begin, axis), right) - x });
        }
        cursor = Math.max(cursor, end);
        if (cursor >= to) {
            break;
        }
    }
    return found;
}

/** A drag of so many pixels as whole steps of the zoom, in milliseconds. */
export function snap(pixels, axis) {
    const { step } = ZOOMS[axis.zoom];
    return Math.round(((pixels / axis.scale) * DAY) / step) * step;
}

/** Move a moment; whole days keep the hour of the clock when clocks change. */
export function shift(ms, delta) {
    const days = Math.trunc(delta / DAY);
    return DateTime.fromMillis(ms)
        .plus({ days })
        .plus({ milliseconds: delta - days * DAY })
        .toMillis();
}

/**
 * A bar after a drag: moved whole, or one end of it; never shorter than a step.
 *
 * @param {"move"|"begin"|"end"} mode
 */
export function dragged(span, mode, delta, axis) {
    const { step } = ZOOMS[axis.zoom];
    const shortest = Math.min(step, Math.max(span.end - span.begin, HOUR / 4));
    let { begin, end } = span;
    if (mode !== "end") {
        begin = shift(begin, delta);
    }
    if (mode !== "begin") {
        end = shift(end, delta);
    }
    if (mode === "begin") {
        begin = Math.min(begin, end - shortest);
    } else if (mode === "end") {
        end = Math.max(end, begin + shortest);
    }
    return { begin, end, guess: false };
}

/** The next closer or wider zoom, the same at either end. */
export function zoomBy(zoom, by) {
    const index = ZOOM_ORDER.indexOf(zoom) - by;
    return ZOOM_ORDER[Math.max(0, Math.min(ZOOM_ORDER.length - 1, index))];
}
