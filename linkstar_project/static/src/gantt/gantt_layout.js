/**
 * The arithmetic of the Gantt: rows, time axis, shading and arrows. Nothing here
 * touches the page, so that all of it can be tested alone.
 *
 * Moments are milliseconds since 1970 (UTC); `from` is the left end of the axis.
 */

const { DateTime } = luxon;

export const HOUR = 3600000;
export const DAY = 24 * HOUR;
export const ROW_HEIGHT = 32;
/** A bar is never thinner than a finger can hit, in pixels. */
export const BAR_MIN = 8;
/** Arrows drawn at once: more are a tangle nobody reads. */
export const EDGE_LIMIT = 500;
const ROW_CHUNK = 10;
const ROW_OVERSCAN = 10;
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

function groupBy(items, keyOf) {
    const groups = new Map();
    for (const item of items) {
        const key = keyOf(item);
        if (!groups.has(key)) {
            groups.set(key, []);
        }
        groups.get(key).push(item);
    }
    return groups;
}

function hull(spans) {
    let begin = Infinity;
    let end = -Infinity;
    for (const span of spans) {
        if (span) {
            begin = Math.min(begin, span.begin);
            end = Math.max(end, span.end);
        }
    }
    return begin <= end ? { begin, end, guess: false } : null;
}

/** Tasks of one project as a forest, brothers by begin; a lost parent is no parent. */
function forest(tasks) {
    const known = new Set(tasks.map((task) => task.id));
    const children = groupBy(tasks, (task) =>
        known.has(task.parent) ? task.parent : false,
    );
    const order = (a, b) =>
        (a.span?.begin ?? Infinity) - (b.span?.begin ?? Infinity) ||
        (a.span?.end ?? Infinity) - (b.span?.end ?? Infinity) ||
        a.id - b.id;
    for (const list of children.values()) {
        list.sort(order);
    }
    return children;
}

/**
 * Group tasks by store and project, once for a load.
 *
 * @param {Object} data what the server returned
 * @param {string} storeless name of the group of tasks without a store
 */
export function buildTree(data, storeless) {
    const tasks = data.tasks.map((task) => ({ ...task, span: spanOf(task) }));
    const byProject = groupBy(tasks, (task) => task.project);
    const milestones = groupBy(data.milestones, (milestone) => milestone.project);
    const names = new Map(
        data.stores.map((store) => [store.id, `${store.code} · ${store.name}`]),
    );
    const projects = data.projects
        .filter((project) => byProject.has(project.id))
        .map((project) => {
            const own = byProject.get(project.id);
            return {
                ...project,
                span: hull(own.map((task) => task.span)),
                total: own.length,
                closed: own.filter((task) => task.closed).length,
                late: own.filter((task) => task.late).length,
                children: forest(own),
                milestones: milestones.get(project.id) || [],
            };
        });
    projects.sort(
        (a, b) =>
            (a.span?.begin ?? Infinity) - (b.span?.begin ?? Infinity) || a.id - b.id,
    );
    const stores = [...groupBy(projects, (project) => project.store)].map(
        ([id, own]) => ({
            id,
            name: id ? names.get(id) : storeless,
            projects: own,
            span: hull(own.map((project) => project.span)),
            total: own.reduce((sum, project) => sum + project.total, 0),
            late: own.reduce((sum, project) => sum + project.late, 0),
        }),
    );
    stores.sort((a, b) => !a.id - !b.id || (a.name < b.name ? -1 : 1));
    return { stores, edges: data.edges, tasks };
}

/**
 * The rows that are shown, from top to bottom, folded groups left out.
 *
 * @param {Set<string>} folded keys of folded rows: s1, p2, t3
 */
export function buildRows(tree, folded) {
    const rows = [];
    const add = (row) => {
        row.index = rows.length;
        row.folded = folded.has(row.key);
        rows.push(row);
        return row;
    };
    const addTasks = (project, parentId, level, parentKey) => {
        for (const task of project.children.get(parentId) || []) {
            const row = add({
                key: `t${task.id}`,
                kind: "task",
                id: task.id,
                name: task.name,
                level,
                parentKey,
                task,
                project,
                span: task.span,
                calendar: project.calendar,
                hasChildren: project.children.has(task.id),
            });
            if (row.hasChildren && !row.folded) {
                addTasks(project, task.id, level + 1, row.key);
            }
        }
    };
    for (const store of tree.stores) {
        const top = add({
            key: `s${store.id || 0}`,
            kind: "store",
            id: store.id,
            name: store.name,
            level: 1,
            store,
            span: store.span,
            calendar: store.projects[0].calendar,
            hasChildren: true,
        });
        if (top.folded) {
            continue;
        }
        for (const project of store.projects) {
            const row = add({
                key: `p${project.id}`,
                kind: "project",
                id: project.id,
                name: project.name,
                level: 2,
                parentKey: top.key,
                project,
                span: project.span,
                calendar: project.calendar,
                hasChildren: true,
            });
            if (!row.folded) {
                addTasks(project, false, 3, row.key);
            }
        }
    }
    return rows;
}

/** Rows to render for a scroll position: whole chunks, so that few scrolls re-render. */
export function visibleRows(count, top, height) {
    const first = Math.floor(top / ROW_HEIGHT / ROW_CHUNK) * ROW_CHUNK - ROW_OVERSCAN;
    const last =
        Math.ceil((top + height) / ROW_HEIGHT / ROW_CHUNK) * ROW_CHUNK + ROW_OVERSCAN;
    return { first: Math.max(0, first), last: Math.min(count, Math.max(last, 0)) };
}

/** Pixels of the axis to render for a scroll position. */
export function visibleX(width, left, shown) {
    const first = (Math.floor(left / X_CHUNK) - 1) * X_CHUNK;
    const last = (Math.ceil((left + shown) / X_CHUNK) + 1) * X_CHUNK;
    return { left: Math.max(0, first), right: Math.min(width, last) };
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

/** Runs of rows with one calendar: each is shaded in one piece. */
export function calendarBands(rows, first, last) {
    const bands = [];
    for (let index = first; index < last; index++) {
        const band = bands.at(-1);
        if (band && band.calendar === rows[index].calendar) {
            band.last = index + 1;
        } else {
            bands.push({
                calendar: rows[index].calendar,
                first: index,
                last: index + 1,
            });
        }
    }
    return bands;
}

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
