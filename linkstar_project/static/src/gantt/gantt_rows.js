/**
 * The rows of the Gantt: tasks grouped by store and project, folded or not, and which
 * of them are in view. Nothing here touches the page.
 */

import { spanOf } from "./gantt_time";

export const ROW_HEIGHT = 32;
/** Rows come and go in blocks of so many: most scrolls render nothing. */
export const ROW_CHUNK = 10;
const ROW_OVERSCAN = 10;

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

function storeRow(store) {
    return {
        key: `s${store.id || 0}`,
        kind: "store",
        id: store.id,
        name: store.name,
        level: 1,
        store,
        span: store.span,
        calendar: store.projects[0].calendar,
        hasChildren: true,
    };
}

function projectRow(project, parentKey) {
    return {
        key: `p${project.id}`,
        kind: "project",
        id: project.id,
        name: project.name,
        level: 2,
        parentKey,
        project,
        span: project.span,
        calendar: project.calendar,
        hasChildren: true,
    };
}

function taskRow(task, project, level, parentKey) {
    return {
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
    };
}

/**
 * The rows that are shown, from top to bottom, folded groups left out.
 *
 * @param {Set<string>} folded keys of folded rows: s1, p2, t3
 */
export function buildRows(tree, folded) {
    const rows = [];
    /** Returns whether what is below the row is shown too. */
    const add = (row) => {
        row.index = rows.length;
        row.folded = folded.has(row.key);
        rows.push(row);
        return row.hasChildren && !row.folded;
    };
    const addTasks = (project, parentId, level, parentKey) => {
        for (const task of project.children.get(parentId) || []) {
            const row = taskRow(task, project, level, parentKey);
            if (add(row)) {
                addTasks(project, task.id, level + 1, row.key);
            }
        }
    };
    for (const store of tree.stores) {
        const top = storeRow(store);
        if (!add(top)) {
            continue;
        }
        for (const project of store.projects) {
            const row = projectRow(project, top.key);
            if (add(row)) {
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

/** Runs of rows with one calendar: each is shaded in one piece. */
export function calendarBands(rows) {
    const bands = [];
    for (const row of rows) {
        const band = bands.at(-1);
        if (band && band.calendar === row.calendar) {
            band.last = row.index + 1;
        } else {
            bands.push({
                calendar: row.calendar,
                first: row.index,
                last: row.index + 1,
            });
        }
    }
    return bands;
}
