import { onWillUnmount } from "@odoo/owl";
import { dragged, snap } from "./gantt_time";

/** Less than this many pixels is a click. */
const CLICK = 4;

/**
 * Drag and resize of bars with a mouse or a pen; a finger scrolls instead.
 *
 * @param {Object} params
 * @param {() => Object} params.axis
 * @param {() => number} params.scrolled how far the axis is scrolled, in pixels
 * @param {(row, span|null) => void} params.onGhost where the bar would be
 * @param {(row, span) => void} params.onDrop
 * @param {(row, target) => void} params.onClick
 */
export function useBarDrag({ axis, scrolled, onGhost, onDrop, onClick }) {
    let drag = null;

    function stop() {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", drop);
        window.removeEventListener("pointercancel", cancel);
        window.removeEventListener("keydown", onKey, true);
        drag = null;
    }

    function move(ev) {
        const pixels = ev.clientX - drag.x + scrolled() - drag.scrolled;
        if (!drag.moved && Math.abs(pixels) < CLICK) {
            return;
        }
        drag.moved = true;
        const delta = snap(pixels, axis());
        if (drag.movable && delta !== drag.delta) {
            drag.delta = delta;
            onGhost(drag.row, dragged(drag.row.span, drag.mode, delta, axis()));
        }
    }

    function drop() {
        const { row, mode, delta, moved, movable, target } = drag;
        stop();
        if (!moved) {
            onClick(row, target);
        } else if (movable && delta) {
            onDrop(row, dragged(row.span, mode, delta, axis()));
        } else {
            onGhost(row, null);
        }
    }

    function cancel() {
        const { row } = drag;
        stop();
        onGhost(row, null);
    }

    function onKey(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            cancel();
        }
    }

    onWillUnmount(stop);

    return function start(ev, row, movable) {
        if (ev.button !== 0 || drag) {
            return;
        }
        const mode = ev.target.dataset.edge || "move";
        drag = {
            row,
            mode,
            movable: movable && ev.pointerType !== "touch",
            target: ev.currentTarget,
            x: ev.clientX,
            scrolled: scrolled(),
            delta: 0,
            moved: false,
        };
        window.addEventListener("pointermove", move);
        window.addEventListener("pointerup", drop);
        window.addEventListener("pointercancel", cancel);
        window.addEventListener("keydown", onKey, true);
    };
}
