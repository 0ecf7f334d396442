import { _t } from "@web/core/l10n/translation";
import { buildEdges } from "./gantt_edges";
import { ROW_CHUNK, ROW_HEIGHT, buildRows, calendarBands } from "./gantt_rows";
import { barOf, buildAxis, milestoneMs, xOf } from "./gantt_time";
import { rowLabel, sayDay } from "./gantt_words";

/**
 * What is drawn of one load at one zoom with these rows folded. A picture never
 * changes: another fold or zoom is another picture. So a block of rows that was drawn
 * once stays the same object, and what shows it is not rendered again.
 */
export class GanttPicture {
    /**
     * @param {import("./gantt_model").GanttModel} model
     * @param {{zoom: string, critical: boolean, readonly: boolean, now: number}} look
     * @param {Set<string>} folded keys of folded rows
     */
    constructor(model, look, folded) {
        this.people = model.people;
        this.critical = look.critical;
        this.readonly = look.readonly;
        this.rows = buildRows(model.tree, folded);
        this.byKey = new Map(this.rows.map((row) => [row.key, row]));
        this.axis = buildAxis(model.window, look.zoom, look.now);
        this.edges = buildEdges(model.tree.edges, this.rows);
        this.bands = calendarBands(this.rows);
        this.height = this.rows.length * ROW_HEIGHT;
        this.drawn = new Map();
    }

    /** The blocks of rows that hold the rows from `first` up to `last`. */
    blocks(first, last) {
        const blocks = [];
        for (let at = first; at < Math.min(last, this.rows.length); at += ROW_CHUNK) {
            blocks.push(this.block(Math.floor(at / ROW_CHUNK)));
        }
        return blocks;
    }

    block(number) {
        if (!this.drawn.has(number)) {
            const first = number * ROW_CHUNK;
            const rows = this.rows.slice(first, first + ROW_CHUNK);
            this.drawn.set(number, {
                number,
                keys: new Set(rows.map((row) => row.key)),
                items: rows.map((row) => this.draw(row, row.index - first)),
                style: `top:${first * ROW_HEIGHT}px;height:${rows.length * ROW_HEIGHT}px`,
            });
        }
        return this.drawn.get(number);
    }

    draw(row, place) {
        const { task } = row;
        return {
            row,
            label: rowLabel(row, this.people),
            top: place * ROW_HEIGHT,
            bar: row.span && barOf(row.span, this.axis),
            expanded: row.hasChildren ? String(!row.folded) : undefined,
            people: task ? task.people.map((id) => this.people[id]).join("、") : "",
            movable: this.isMovable(row),
            diamonds: row.kind === "project" ? this.diamonds(row.project) : [],
            barClass: task ? this.barClass(row) : "",
        };
    }

    barClass(row) {
        const { task } = row;
        const classes = {
            o_lsg_done: task.closed,
            o_lsg_blocked: task.blocked && !task.late,
            o_lsg_late: task.late,
            o_lsg_late_blocked: task.late && task.blocked,
            o_lsg_critical: task.critical && this.critical,
            o_lsg_guess: row.span?.guess,
            o_lsg_movable: this.isMovable(row),
        };
        return Object.keys(classes)
            .filter((name) => classes[name])
            .join(" ");
    }

    diamonds(project) {
        return project.milestones.map((milestone) => {
            const ms = milestoneMs(milestone.date);
            return {
                id: milestone.id,
                left: xOf(ms, this.axis),
                reached: milestone.reached,
                title: _t("Milestone %(name)s: %(date)s", {
                    name: milestone.name,
                    date: sayDay(ms),
                }),
            };
        });
    }

    isMovable(row) {
        return Boolean(
            row.kind === "task" &&
                row.span &&
                row.project.movable &&
                !row.task.closed &&
                !this.readonly,
        );
    }
}
