import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/**
 * Say a deadline as people do: "today 17:00", "2 days late".
 *
 * @param {string|false} text UTC, as the server writes it
 * @param {luxon.DateTime} [now]
 * @returns {{text: string, title: string, late: boolean}}
 */
export function sayDeadline(text, now = luxon.DateTime.local()) {
    if (!text) {
        return { text: _t("No deadline"), title: "", late: false };
    }
    const moment = deserializeDateTime(text);
    const title = moment.toLocaleString(luxon.DateTime.DATETIME_MED_WITH_WEEKDAY);
    const clock = moment.toFormat("HH:mm");
    if (moment < now) {
        return {
            text: sayLate(now.diff(moment, "minutes").minutes),
            title,
            late: true,
        };
    }
    const days = Math.round(
        moment.startOf("day").diff(now.startOf("day"), "days").days,
    );
    let words = moment.toLocaleString({ month: "short", day: "numeric" });
    if (days === 0) {
        words = _t("today %s", clock);
    } else if (days === 1) {
        words = _t("tomorrow %s", clock);
    } else if (days < 7) {
        words = `${moment.toFormat("ccc")} ${clock}`;
    }
    return { text: words, title, late: false };
}

function sayLate(minutes) {
    if (minutes < 60) {
        return _t("%s min late", Math.max(1, Math.floor(minutes)));
    }
    if (minutes < 48 * 60) {
        return _t("%s h late", Math.floor(minutes / 60));
    }
    return _t("%s days late", Math.floor(minutes / 1440));
}
