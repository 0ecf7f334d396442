import {
    Component,
    onMounted,
    onPatched,
    onWillUnmount,
    onWillUpdateProps,
    useRef,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";
import { useBarDrag } from "./gantt_drag";
import { useGanttKeys } from "./gantt_keys";
import {
    BAR_MIN,
    ROW_HEIGHT,
    ZOOM_ORDER,
    barOf,
    buildAxis,
    buildEdges,
    buildRows,
    milestoneMs,
    msOf,
    visibleRows,
    visibleX,
    xOf,
    zoomBy,
} from "./gantt_layout";
import { GanttBack, GanttBars, GanttHeader, GanttNames } from "./gantt_parts";
import { GanttPopover } from "./gantt_popover";
import { ZOOM_NAMES, rowLabel, sayDay } from "./gantt_words";
import { MoveDialog } from "./move_dialog";

const HEAD_HEIGHT = 52;
const MINUTE = 60000;

/**
 * Draws the rows and the part of the axis in view. What is scrolled out is not in the
 * page; the window moves in chunks, so most scrolls render nothing.
 */
export class GanttRenderer extends Component {
    static template = "linkstar_project.GanttRenderer";
    static components = { GanttBack, GanttBars, GanttHeader, GanttNames };
    static props = {
        model: Object,
        version: Number,
        archInfo: Object,
        localState: Object,
        onKeep: Function,
        onOpen: Function,
    };

    setup() {
        this.scroll = useRef("scroll");
        this.ui = useService("ui");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.popover = usePopover(GanttPopover, { position: "bottom" });
        this.zooms = ZOOM_ORDER;
        this.zoomNames = ZOOM_NAMES;
        this.headHeight = HEAD_HEIGHT;
        const kept = this.props.localState;
        this.folded = new Set(kept.folded || []);
        this.state = useState({
            zoom: kept.zoom || this.props.archInfo.zoom,
            critical: kept.critical ?? this.props.archInfo.critical,
            focus: kept.focus || null,
            rows: { first: 0, last: 30 },
            x: { left: 0, right: 1200 },
            ghost: null,
            now: Date.now(),
        });
        this.rebuild();
        this.startDrag = useBarDrag({
            axis: () => this.axis,
            scrolled: () => this.scroll.el.scrollLeft,
            onGhost: (row, span) => this.showGhost(row, span),
            onDrop: (row, span) => this.propose(row, span),
            onClick: (row, target) => this.openPopover(row, target),
        });
        this.onKeydown = useGanttKeys(this);
        // One function for good: the parts compare what they are given.
        this.onNameClick = this.onNameClick.bind(this);
        this.onBarDown = this.onBarDown.bind(this);
        this.onFold = (row) => this.fold(row);
        this.place = kept.place || null;
        this.followPage();
    }

    /** Sizes, scrolling and the clock. */
    followPage() {
        let frame = null;
        this.onScroll = () => {
            frame ??= requestAnimationFrame(() => {
                frame = null;
                this.look();
            });
        };
        const resize = new ResizeObserver(() => this.look());
        const clock = setInterval(() => (this.state.now = Date.now()), MINUTE);
        onWillUpdateProps((next) => {
            if (next.version !== this.props.version) {
                this.rebuild();
            }
        });
        onMounted(() => {
            this.restore();
            resize.observe(this.scroll.el);
            this.look();
        });
        onPatched(() => this.restore());
        onWillUnmount(() => {
            clearInterval(clock);
            resize.disconnect();
            cancelAnimationFrame(frame);
        });
    }

    // -- what is drawn -----------------------------------------------------------

    /** After a load, a fold or a zoom: rows, axis and arrows anew. */
    rebuild() {
        const { model } = this.props;
        this.rows = buildRows(model.tree, this.folded);
        this.byKey = new Map(this.rows.map((row) => [row.key, row]));
        this.axis = buildAxis(model.window, this.state.zoom, Date.now());
        this.edges = buildEdges(model.tree.edges, this.rows);
        this.forget();
        if (this.state.focus && !this.byKey.has(this.state.focus)) {
            this.state.focus = null;
        }
    }

    get readonly() {
        return this.ui.isSmall;
    }

    get nameWidth() {
        return this.ui.isSmall ? 128 : 320;
    }

    get height() {
        return this.rows.length * ROW_HEIGHT;
    }

    get lastRow() {
        return Math.min(this.state.rows.last, this.rows.length);
    }

    /** The rows in view as they are drawn: the same list until something changes it. */
    get shown() {
        const { first, last } = this.state.rows;
        const key = `${first} ${last}`;
        // A template's `this` inherits from the component: an assignment would stay
        // there, so what is kept is kept in an object of its own.
        if (this.kept.key !== key) {
            this.kept.key = key;
            this.kept.rows = this.rows.slice(first, last).map((row) => this.draw(row));
        }
        return this.kept.rows;
    }

    /** A row with the place of its bar; reckoned once until something changes it. */
    draw(row) {
        if (!this.drawn.has(row.key)) {
            this.drawn.set(row.key, this.drawAnew(row));
        }
        return this.drawn.get(row.key);
    }

    drawAnew(row) {
        const { people } = this.props.model;
        const { task } = row;
        // Words last as long as the rows: their dates are slow to write.
        row.label ??= rowLabel(row, people);
        return {
            row,
            label: row.label,
            top: row.index * ROW_HEIGHT,
            bar: row.span && barOf(row.span, this.axis),
            expanded: row.hasChildren ? String(!row.folded) : undefined,
            people: task ? task.people.map((id) => people[id]).join("、") : "",
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
            o_lsg_critical: task.critical && this.state.critical,
            o_lsg_guess: row.span?.guess,
            o_lsg_movable: this.isMovable(row),
        };
        return Object.keys(classes)
            .filter((name) => classes[name])
            .join(" ");
    }

    /** Forget what was drawn: rows, axis or marks have changed. */
    forget() {
        this.drawn = new Map();
        this.kept = { key: null, rows: [] };
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

    get today() {
        return xOf(this.state.now, this.axis);
    }

    // -- where one looks -----------------------------------------------------------

    look() {
        const el = this.scroll.el;
        if (!el) {
            return;
        }
        const rows = visibleRows(
            this.rows.length,
            el.scrollTop,
            el.clientHeight - HEAD_HEIGHT,
        );
        const x = visibleX(
            this.axis.width,
            el.scrollLeft,
            el.clientWidth - this.nameWidth,
        );
        const old = this.state;
        if (rows.first !== old.rows.first || rows.last !== old.rows.last) {
            this.state.rows = rows;
        }
        if (x.left !== old.x.left || x.right !== old.x.right) {
            this.state.x = x;
        }
        this.keep();
    }

    keep() {
        const el = this.scroll.el;
        const { zoom, critical, focus } = this.state;
        this.props.onKeep({
            zoom,
            critical,
            focus,
            folded: [...this.folded],
            place: { ms: this.msAt(0.25), top: el.scrollTop },
        });
    }

    /** The moment at a fraction of the axis' width on the screen. */
    msAt(fraction) {
        const el = this.scroll.el;
        const shown = el.clientWidth - this.nameWidth;
        return msOf(el.scrollLeft + shown * fraction, this.axis);
    }

    /** Scroll to the place that a zoom, a way back or “Today” asked for, once. */
    restore() {
        const el = this.scroll.el;
        if (this.place === false || !el) {
            return;
        }
        const { ms, top } = this.place || { ms: this.state.now, top: 0 };
        const shown = el.clientWidth - this.nameWidth;
        this.place = false;
        el.scrollLeft = xOf(ms, this.axis) - shown * 0.25;
        el.scrollTop = top ?? el.scrollTop;
        this.look();
    }

    goTo(ms) {
        this.place = { ms };
        this.restore();
    }

    setZoom(zoom) {
        if (zoom !== this.state.zoom) {
            this.place = { ms: this.msAt(0.25) };
            this.state.zoom = zoom;
            this.rebuild();
        }
    }

    zoomBy(by) {
        this.setZoom(zoomBy(this.state.zoom, by));
    }

    fold(row, folded = !this.folded.has(row.key)) {
        if (row.hasChildren) {
            this.folded[folded ? "add" : "delete"](row.key);
            this.refresh();
        }
    }

    /** Fold all projects, or open everything when something is folded. */
    foldAll() {
        if (this.folded.size) {
            this.folded.clear();
        } else {
            for (const row of this.rows) {
                if (row.kind === "project") {
                    this.folded.add(row.key);
                }
            }
        }
        this.refresh();
    }

    refresh() {
        this.rebuild();
        this.look();
        this.render();
    }

    toggleCritical() {
        this.state.critical = !this.state.critical;
        this.forget();
    }

    /** Put the focus on a row and scroll it and its bar into view. */
    focusRow(row) {
        if (!row) {
            return;
        }
        const el = this.scroll.el;
        this.showBar(row);
        const top = row.index * ROW_HEIGHT;
        const height = el.clientHeight - HEAD_HEIGHT;
        this.state.focus = row.key;
        if (top < el.scrollTop) {
            el.scrollTop = top;
        } else if (top + ROW_HEIGHT > el.scrollTop + height) {
            el.scrollTop = top + ROW_HEIGHT - height;
        }
        this.look();
    }

    /** A bar that is scrolled out comes in; one in view stays where it is. */
    showBar(row) {
        if (!row.span) {
            return;
        }
        const el = this.scroll.el;
        const { left, width } = barOf(row.span, this.axis);
        const shown = el.clientWidth - this.nameWidth;
        if (left > el.scrollLeft + shown - BAR_MIN || left + width < el.scrollLeft) {
            el.scrollLeft = left - shown * 0.25;
        }
    }

    // -- what one does ---------------------------------------------------------------

    onBarDown(ev, row) {
        if (row.kind !== "task") {
            return;
        }
        this.state.focus = row.key;
        this.startDrag(ev, row, this.isMovable(row));
    }

    onNameClick(ev, row) {
        this.state.focus = row.key;
        if (row.kind === "task") {
            this.showBar(row);
            this.openPopover(row, ev.currentTarget);
        } else {
            this.fold(row);
        }
    }

    openPopover(row, target) {
        const { people } = this.props.model;
        this.popover.open(target, {
            row,
            people: row.task.people.map((id) => people[id]),
            onOpen: (id) => this.props.onOpen(id),
        });
    }

    showGhost(row, span) {
        this.state.ghost = span ? { key: row.key, span } : null;
    }

    /** Show what the move would shift; only “Apply” writes. */
    async propose(row, span) {
        const { model } = this.props;
        this.showGhost(row, span);
        const clear = () => {
            this.showGhost(row, null);
            this.scroll.el?.focus();
        };
        let moves = [];
        try {
            moves = await model.preview(row.id, span);
        } catch (error) {
            clear();
            throw error;
        }
        this.dialog.add(
            MoveDialog,
            {
                task: row.task,
                moves,
                apply: async () => {
                    await model.apply(row.id, span);
                    this.notification.add(_t("Moved: %s tasks.", moves.length), {
                        type: "success",
                    });
                },
            },
            { onClose: clear },
        );
    }

    sayWhyFixed(row) {
        let why = _t("Only a lead of the store moves tasks of a launched project.");
        if (row.kind !== "task") {
            why = _t("Choose a task: groups move with their tasks.");
        } else if (row.task.closed) {
            why = _t("The task is finished and stays where it was.");
        } else if (!row.span) {
            why = _t("The task has no dates yet: open it and plan it first.");
        }
        this.notification.add(why, { type: "info" });
    }
}
