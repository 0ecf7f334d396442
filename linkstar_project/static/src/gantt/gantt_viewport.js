import { onMounted, onPatched, onWillUnmount, useState } from "@odoo/owl";
import { ROW_HEIGHT, visibleRows } from "./gantt_rows";
import { BAR_MIN, barOf, msOf, visibleX, xOf } from "./gantt_time";

/** A place that was asked for shows this far from the left of the axis. */
const ASIDE = 0.25;

/**
 * Where one looks: which rows and which part of the axis are in view.
 *
 * The scroller's size and place are remembered, because asking the page for them after
 * a change makes it lay everything out at once. A scroll event comes once a frame and
 * before it is drawn, so it is followed at once.
 *
 * @param {Object} params
 * @param {{el: HTMLElement}} params.ref the scroller
 * @param {number} params.head height of the header, in pixels
 * @param {() => number} params.aside width of the names, in pixels
 * @param {() => import("./gantt_picture").GanttPicture} params.picture
 * @param {() => void} params.onResize
 * @param {{ms: number, top: number} | null} params.place where to begin
 */
export function useGanttViewport({ ref, head, aside, picture, onResize, place }) {
    const size = { width: 1440, height: 900 };
    const at = { left: 0, top: 0 };
    const seen = useState({
        rows: { first: 0, last: 30 },
        x: { left: 0, right: 1200 },
    });
    let wanted = place || { ms: Date.now(), top: 0 };

    /** Pixels of the axis, and of the rows, on the screen. */
    const shownX = () => size.width - aside();
    const shownY = () => size.height - head;

    function look() {
        const { rows, axis } = picture();
        const found = visibleRows(rows.length, at.top, shownY());
        const x = visibleX(axis.width, at.left, shownX());
        if (found.first !== seen.rows.first || found.last !== seen.rows.last) {
            seen.rows = found;
        }
        if (x.left !== seen.x.left || x.right !== seen.x.right) {
            seen.x = x;
        }
    }

    function onScroll() {
        at.top = ref.el.scrollTop;
        at.left = ref.el.scrollLeft;
        look();
    }

    /** Scroll there; the page bounds it, so its own answer counts. */
    function scrollTo({ left = at.left, top = at.top }) {
        ref.el.scrollLeft = left;
        ref.el.scrollTop = top;
        onScroll();
    }

    /** Go to the place that a zoom, a way back or “Today” asked for, once. */
    function arrive() {
        if (wanted && ref.el) {
            const { ms, top } = wanted;
            wanted = null;
            scrollTo({ left: xOf(ms, picture().axis) - shownX() * ASIDE, top });
        }
    }

    function measure() {
        size.width = ref.el.clientWidth;
        size.height = ref.el.clientHeight;
    }

    const resize = new ResizeObserver(() => {
        measure();
        onResize();
        look();
    });
    onMounted(() => {
        measure();
        arrive();
        look();
        resize.observe(ref.el);
    });
    onPatched(arrive);
    onWillUnmount(() => resize.disconnect());

    const here = () => msOf(at.left + shownX() * ASIDE, picture().axis);

    return {
        seen,
        look,
        onScroll,
        left: () => at.left,
        /** Rows on one screen. */
        page: () => Math.max(1, Math.floor(shownY() / ROW_HEIGHT) - 1),
        place: () => ({ ms: here(), top: at.top }),
        /** After the next rendering the same moment stands where it stands now. */
        hold: () => (wanted = { ms: here() }),
        goTo(ms) {
            wanted = { ms };
            arrive();
        },
        showRow(row) {
            const top = row.index * ROW_HEIGHT;
            if (top < at.top) {
                scrollTo({ top });
            } else if (top + ROW_HEIGHT > at.top + shownY()) {
                scrollTo({ top: top + ROW_HEIGHT - shownY() });
            }
        },
        /** A bar that is scrolled out comes in; one in view stays where it is. */
        showBar(row) {
            if (row.span) {
                const { left, width } = barOf(row.span, picture().axis);
                if (left > at.left + shownX() - BAR_MIN || left + width < at.left) {
                    scrollTo({ left: left - shownX() * ASIDE });
                }
            }
        },
    };
}
