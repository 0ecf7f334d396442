import { onWillUnmount } from "@odoo/owl";
import { DAY, shift } from "./gantt_time";

/**
 * The keyboard: arrows move the focus and fold, Enter opens, + and − zoom, T goes to
 * today, Shift with the arrows moves the task by days; letting Shift go asks what that
 * would shift, Escape forgets it.
 *
 * @param {import("./gantt_renderer").GanttRenderer} gantt
 * @returns {(ev: KeyboardEvent) => void} handler of keydown
 */
export function useGanttKeys(gantt) {
    let pending = null;

    const focused = () => gantt.byKey.get(gantt.state.focus);
    const page = () => gantt.view.page();

    function step(by) {
        const row = focused();
        const index = row ? row.index + by : 0;
        gantt.focusRow(gantt.rows[Math.max(0, Math.min(gantt.rows.length - 1, index))]);
    }

    function left() {
        const row = focused();
        if (row?.hasChildren && !row.folded) {
            gantt.fold(row, true);
        } else if (row?.parentKey) {
            gantt.focusRow(gantt.byKey.get(row.parentKey));
        }
    }

    function right() {
        const row = focused();
        if (row?.folded) {
            gantt.fold(row, false);
        } else if (row?.hasChildren) {
            step(1);
        }
    }

    function enter() {
        const row = focused();
        if (row?.kind === "task") {
            gantt.props.onOpen(row.id);
        } else if (row) {
            gantt.fold(row);
        }
    }

    function moveByDay(days) {
        const row = focused();
        if (!row) {
            return;
        }
        if (!gantt.isMovable(row)) {
            gantt.sayWhyFixed(row);
            return;
        }
        const sum = (pending?.row === row ? pending.days : 0) + days;
        const span = {
            begin: shift(row.span.begin, sum * DAY),
            end: shift(row.span.end, sum * DAY),
        };
        pending = { row, days: sum, span };
        gantt.showGhost(row, sum ? span : null);
    }

    function onKeyup(ev) {
        if (ev.key === "Shift" && pending) {
            const { row, span, days } = pending;
            pending = null;
            if (days) {
                gantt.propose(row, span);
            }
        }
    }

    function forget() {
        if (pending) {
            gantt.showGhost(pending.row, null);
            pending = null;
        }
    }

    const keys = {
        ArrowUp: () => step(-1),
        ArrowDown: () => step(1),
        PageUp: () => step(-page()),
        PageDown: () => step(page()),
        Home: () => gantt.focusRow(gantt.rows[0]),
        End: () => gantt.focusRow(gantt.rows.at(-1)),
        ArrowLeft: left,
        ArrowRight: right,
        Enter: enter,
        "+": () => gantt.zoomBy(1),
        "=": () => gantt.zoomBy(1),
        "-": () => gantt.zoomBy(-1),
        t: () => gantt.goTo(gantt.state.now),
        Escape: forget,
    };
    const shifted = {
        "+": keys["+"],
        ArrowLeft: () => moveByDay(-1),
        ArrowRight: () => moveByDay(1),
    };

    window.addEventListener("keyup", onKeyup);
    onWillUnmount(() => window.removeEventListener("keyup", onKeyup));

    return function onKeydown(ev) {
        const act =
            !ev.ctrlKey && !ev.altKey && !ev.metaKey
                ? (ev.shiftKey ? shifted : keys)[ev.key]
                : null;
        if (act) {
            ev.preventDefault();
            ev.stopPropagation();
            act();
        }
    };
}
