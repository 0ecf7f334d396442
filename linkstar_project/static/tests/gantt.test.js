import { describe, expect, mockTimeZone, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { buildEdges, edgesInView } from "@linkstar_project/gantt/gantt_edges";
import { GanttPicture } from "@linkstar_project/gantt/gantt_picture";
import {
    ROW_HEIGHT,
    buildRows,
    buildTree,
    calendarBands,
    visibleRows,
} from "@linkstar_project/gantt/gantt_rows";
import {
    DAY,
    HOUR,
    buildAxis,
    dragged,
    shades,
    shift,
    snap,
    spanOf,
    ticks,
    toMs,
    toText,
    visibleX,
    zoomBy,
} from "@linkstar_project/gantt/gantt_time";

describe.current.tags("headless");

/** The same numbers at each run, as different as random ones. */
function* numbers(seed) {
    let value = seed;
    for (;;) {
        value = (value * 16807) % 2147483647;
        yield value;
    }
}

function task(id, values = {}) {
    return {
        id,
        name: `Task ${id}`,
        project: 1,
        parent: false,
        begin: "2026-03-02 08:00:00",
        end: "2026-03-03 08:00:00",
        hours: 8,
        people: [],
        ...values,
    };
}

function data(tasks, values = {}) {
    return {
        tasks,
        edges: [],
        milestones: [],
        projects: [
            { id: 1, name: "One", store: 10, calendar: 1 },
            { id: 2, name: "Two", store: 20, calendar: 1 },
            { id: 3, name: "Three", store: false, calendar: 2 },
        ],
        stores: [
            { id: 10, code: "US-B", name: "B" },
            { id: 20, code: "US-A", name: "A" },
        ],
        ...values,
    };
}

const keys = (rows) => rows.map((row) => row.key);
const rowsOf = (tasks, values, folded = []) =>
    buildRows(buildTree(data(tasks, values), "None"), new Set(folded));
const axisOf = (zoom, from = "2026-03-01", to = "2026-04-30") =>
    buildAxis(
        [toMs(`${from} 00:00:00`), toMs(`${to} 00:00:00`)],
        zoom,
        toMs("2026-03-10 12:00:00"),
    );

test("moments survive the way to the server and back", () => {
    for (const text of ["2026-03-29 01:30:00", "1999-12-31 23:59:59"]) {
        expect(toText(toMs(text))).toBe(text);
    }
    expect(toMs(false)).toBe(null);
});

test("a task with one date is drawn by its hours, and said to be a guess", () => {
    const end = toMs("2026-03-03 08:00:00");
    expect(spanOf(task(1, { begin: false }))).toEqual({
        begin: end - 8 * HOUR,
        end,
        guess: true,
    });
    expect(spanOf(task(1, { begin: false, end: false }))).toBe(null);
});

test("rows stand by store and project, without a store last", () => {
    const tasks = [
        task(1),
        task(2, { project: 2 }),
        task(3, { project: 3 }),
        task(4, { begin: "2026-03-01 08:00:00" }),
    ];
    expect(keys(rowsOf(tasks))).toEqual([
        "s20",
        "p2",
        "t2",
        "s10",
        "p1",
        "t4",
        "t1",
        "s0",
        "p3",
        "t3",
    ]);
});

test("folding hides what is below, and nothing else", () => {
    const tasks = [task(1), task(2, { parent: 1 }), task(3, { project: 2 })];
    expect(keys(rowsOf(tasks, {}, ["p2"]))).toEqual([
        "s20",
        "p2",
        "s10",
        "p1",
        "t1",
        "t2",
    ]);
    expect(keys(rowsOf(tasks, {}, ["s20", "t1"]))).toEqual(["s20", "s10", "p1", "t1"]);
});

test("a task whose parent is not shown is still shown", () => {
    expect(keys(rowsOf([task(2, { parent: 99 })]))).toEqual(["s10", "p1", "t2"]);
});

test("the rows in view are rendered wherever one scrolls, and few others", () => {
    const random = numbers(7);
    for (let round = 0; round < 300; round++) {
        const count = random.next().value % 3000;
        const height = 200 + (random.next().value % 1000);
        const top = random.next().value % Math.max(count * ROW_HEIGHT, 1);
        const { first, last } = visibleRows(count, top, height);
        const seen = Math.min(count, Math.ceil((top + height) / ROW_HEIGHT));
        expect(first <= Math.floor(top / ROW_HEIGHT)).toBe(true);
        expect(last >= seen).toBe(true);
        expect(last - first <= height / ROW_HEIGHT + 42).toBe(true);
    }
});

test("a block of rows is drawn once, and every row is in one block", () => {
    allowTranslations();
    const tasks = Array.from({ length: 57 }, (_, index) => task(index + 1));
    const model = {
        tree: buildTree(data(tasks), "None"),
        window: [toMs("2026-03-01 00:00:00"), toMs("2026-04-30 00:00:00")],
        people: {},
    };
    const look = {
        zoom: "week",
        critical: true,
        readonly: false,
        now: model.window[0],
    };
    const picture = new GanttPicture(model, look, new Set());
    const blocks = picture.blocks(0, 1000);
    const drawn = blocks.flatMap((block) => block.items.map((item) => item.row.key));
    expect(drawn).toEqual(keys(picture.rows));
    const some = picture.blocks(20, 40);
    expect(some).toHaveLength(2);
    expect(some[0]).toBe(blocks[2]);
    expect(some[1]).toBe(blocks[3]);
});

test("the axis in view is rendered, bounded on both sides", () => {
    expect(visibleX(100000, 0, 1000)).toEqual({ left: 0, right: 1800 });
    expect(visibleX(1500, 400, 1000)).toEqual({ left: 0, right: 1500 });
});

test("the marks of a header line touch each other and cover what is in view", () => {
    for (const [zoom, unit] of [
        ["day", "hour"],
        ["week", "week"],
        ["month", "day"],
        ["quarter", "month"],
    ]) {
        const axis = axisOf(zoom);
        const found = ticks(axis, unit, 0, 2000);
        expect(found[0].left).toBeLessThan(1);
        for (let index = 1; index < found.length; index++) {
            const before = found[index - 1];
            expect(before.left + before.width).toBeCloseTo(found[index].left, {
                margin: 0.01,
            });
        }
        const last = found.at(-1);
        expect(last.left + last.width + 0.01 >= Math.min(2000, axis.width)).toBe(true);
    }
});

test("shade and work together are all of the time that is known", () => {
    const axis = axisOf("day");
    const random = numbers(11);
    for (let round = 0; round < 50; round++) {
        const work = [];
        let cursor = axis.from;
        while (cursor < axis.to) {
            const begin = cursor + (random.next().value % (20 * HOUR));
            const end = begin + HOUR + (random.next().value % (8 * HOUR));
            work.push([begin, end]);
            cursor = end;
        }
        const width = shades(work, axis, 0, axis.width).reduce(
            (sum, shade) => sum + shade.width,
            0,
        );
        const free = work.reduce((sum, [begin], index) => {
            const before = index ? work[index - 1][1] : begin;
            return (
                sum + Math.max(0, Math.min(begin, axis.to) - Math.min(before, axis.to))
            );
        }, 0);
        expect(width).toBeCloseTo((free / DAY) * axis.scale, { margin: 0.5 });
    }
});

test("nights are shaded in a week and not in a quarter", () => {
    const work = [
        [toMs("2026-03-02 08:00:00"), toMs("2026-03-02 17:00:00")],
        [toMs("2026-03-03 08:00:00"), toMs("2026-03-03 17:00:00")],
        [toMs("2026-03-09 08:00:00"), toMs("2026-03-09 17:00:00")],
    ];
    expect(shades(work, axisOf("week"), 0, 5000)).toHaveLength(2);
    expect(shades(work, axisOf("quarter"), 0, 5000)).toHaveLength(1);
});

test("rows of one calendar are shaded in one piece", () => {
    const rows = [1, 1, 2, 1].map((calendar, index) => ({ calendar, index }));
    expect(calendarBands(rows)).toEqual([
        { calendar: 1, first: 0, last: 2 },
        { calendar: 2, first: 2, last: 3 },
        { calendar: 1, first: 3, last: 4 },
    ]);
});

test("arrows are drawn when they cross the view, folded ends left out", () => {
    const tasks = Array.from({ length: 60 }, (_, index) => task(index + 1));
    const rows = rowsOf(tasks);
    const edges = buildEdges(
        [
            [1, 60],
            [1, 2],
            [59, 60],
            [1, 999],
        ],
        rows,
    );
    expect(edges).toHaveLength(3);
    const middle = { first: 20, last: 40 };
    const found = edgesInView(edges, axisOf("week"), middle, { left: 0, right: 5000 });
    expect(found.map((edge) => edge.key)).toEqual(["1-60"]);
    expect(
        edgesInView(edges, axisOf("week"), middle, { left: 4000, right: 5000 }),
    ).toHaveLength(0);
});

test("a drag moves by whole steps of the zoom", () => {
    expect(snap(17, axisOf("month"))).toBe(0);
    expect(snap(19, axisOf("month"))).toBe(DAY);
    expect(snap(-160, axisOf("week"))).toBe(-27 * HOUR);
});

test("a bar never ends before it begins", () => {
    const axis = axisOf("week");
    const span = spanOf(task(1));
    for (const delta of [-90 * DAY, -HOUR, 0, HOUR, 90 * DAY]) {
        for (const mode of ["begin", "end", "move"]) {
            const after = dragged(span, mode, delta, axis);
            expect(after.end).toBeGreaterThan(after.begin);
        }
        expect(dragged(span, "begin", delta, axis).end).toBe(span.end);
        expect(dragged(span, "end", delta, axis).begin).toBe(span.begin);
    }
});

test("a day later is the same hour, though clocks change", () => {
    mockTimeZone("America/New_York");
    const before = luxon.DateTime.fromISO("2026-03-07T09:00:00", {
        zone: "America/New_York",
    });
    const after = luxon.DateTime.fromMillis(shift(before.toMillis(), 2 * DAY), {
        zone: "America/New_York",
    });
    expect(after.toISO().slice(0, 16)).toBe("2026-03-09T09:00");
});

test("zoom stops at both ends", () => {
    expect(zoomBy("week", 1)).toBe("day");
    expect(zoomBy("day", 1)).toBe("day");
    expect(zoomBy("quarter", -1)).toBe("quarter");
});
