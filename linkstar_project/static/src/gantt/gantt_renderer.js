import {
    Component,
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
    GanttArrows,
    GanttBars,
    GanttHeader,
    GanttNames,
    GanttShades,
} from "./gantt_parts";
import { GanttPicture } from "./gantt_picture";
import { GanttPopover } from "./gantt_popover";
import { ZOOM_ORDER, xOf, zoomBy } from "./gantt_time";
import { useGanttViewport } from "./gantt_viewport";
import { ZOOM_NAMES } from "./gantt_words";
import { MoveDialog } from "./move_dialog";

const HEAD_HEIGHT = 52;
const MINUTE = 60000;

/**
 * Draws the rows and the part of the axis in view. What is scrolled out is not in the
 * page; rows come and go in blocks, so most scrolls render nothing and the others one
 * block.
 */
export class GanttRenderer extends Component {
    static template = "linkstar_project.GanttRenderer";
    static components = {
        GanttArrows,
        GanttBars,
        GanttHeader,
        GanttNames,
        GanttShades,
    };
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
            ghost: null,
            now: Date.now(),
        });
        this.rebuild();
        this.view = useGanttViewport({
            ref: this.scroll,
            head: HEAD_HEIGHT,
            aside: () => this.nameWidth,
            picture: () => this.picture,
            onResize: () => this.fitScreen(),
            place: kept.place,
        });
        this.startDrag = useBarDrag({
            axis: () => this.picture.axis,
            scrolled: () => this.view.left(),
            onGhost: (row, span) => this.showGhost(row, span),
            onDrop: (row, span) => this.propose(row, span),
            onClick: (row, target) => this.openPopover(row, target),
        });
        this.onKeydown = useGanttKeys(this);
        // One function for good: the parts compare what they are given.
        this.onNameClick = this.onNameClick.bind(this);
        this.onBarDown = this.onBarDown.bind(this);
        this.onFold = (row) => this.fold(row);
        this.followClock();
        this.props.onKeep(() => this.kept());
        onWillUpdateProps((next) => {
            if (next.version !== this.props.version) {
                this.rebuild();
            }
        });
    }

    followClock() {
        const clock = setInterval(() => (this.state.now = Date.now()), MINUTE);
        onWillUnmount(() => clearInterval(clock));
    }

    /** What brings one back to the same picture at the same place. */
    kept() {
        const { zoom, critical, focus } = this.state;
        const folded = [...this.folded];
        return { zoom, critical, focus, folded, place: this.view.place() };
    }

    // -- what is drawn -----------------------------------------------------------

    /** After a load, a fold or a zoom: rows, axis and arrows anew. */
    rebuild() {
        const { zoom, critical, focus, now } = this.state;
        const look = { zoom, critical, now, readonly: this.readonly };
        this.picture = new GanttPicture(this.props.model, look, this.folded);
        if (focus && !this.byKey.has(focus)) {
            this.state.focus = null;
        }
    }

    get rows() {
        return this.picture.rows;
    }

    get byKey() {
        return this.picture.byKey;
    }

    get readonly() {
        return this.ui.isSmall;
    }

    get nameWidth() {
        return this.ui.isSmall ? 128 : 320;
    }

    get blocks() {
        const { first, last } = this.view.seen.rows;
        return this.picture.blocks(first, last);
    }

    /** The focus, for the block that holds it only: the others stay as they are. */
    focusIn(block) {
        return block.keys.has(this.state.focus) ? this.state.focus : null;
    }

    ghostIn(block) {
        const { ghost } = this.state;
        return ghost && block.keys.has(ghost.key) ? ghost : null;
    }

    get today() {
        return xOf(this.state.now, this.picture.axis);
    }

    isMovable(row) {
        return this.picture.isMovable(row);
    }

    /** A screen that became a phone's, or was one, offers other things. */
    fitScreen() {
        if (this.readonly !== this.picture.readonly) {
            this.refresh();
        }
    }

    // -- where one looks -----------------------------------------------------------

    goTo(ms) {
        this.view.goTo(ms);
    }

    setZoom(zoom) {
        if (zoom !== this.state.zoom) {
            this.view.hold();
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
        this.view.look();
        this.render();
    }

    toggleCritical() {
        this.state.critical = !this.state.critical;
        this.rebuild();
    }

    /** Put the focus on a row and scroll it and its bar into view. */
    focusRow(row) {
        if (row) {
            this.state.focus = row.key;
            this.view.showBar(row);
            this.view.showRow(row);
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
            this.view.showBar(row);
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
