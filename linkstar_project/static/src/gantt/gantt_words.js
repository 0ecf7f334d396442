import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** A moment as people write it, in the reader's zone and language. */
export function sayMoment(ms) {
    return DateTime.fromMillis(ms).toLocaleString({
        month: "short",
        day: "numeric",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
    });
}

export function sayDay(ms) {
    return DateTime.fromMillis(ms).toLocaleString({
        year: "numeric",
        month: "short",
        day: "numeric",
    });
}

/** What a reader must know of a task beyond its dates, most urgent first. */
export function taskMarks(task) {
    const marks = [];
    if (task.late) {
        marks.push(_t("late"));
    }
    if (task.blocked) {
        marks.push(_t("blocked"));
    }
    if (task.state === "1_done") {
        marks.push(_t("finished"));
    }
    if (task.state === "1_canceled") {
        marks.push(_t("cancelled"));
    }
    if (task.critical) {
        marks.push(_t("on the critical path"));
    }
    if (task.key) {
        marks.push(_t("key node"));
    }
    return marks;
}

/** A row in words, for who does not see the bars. */
export function rowLabel(row, people) {
    const parts = [row.name];
    if (row.span) {
        parts.push(
            _t("%(from)s to %(to)s", {
                from: sayMoment(row.span.begin),
                to: sayMoment(row.span.end),
            }),
        );
    } else {
        parts.push(_t("not planned"));
    }
    if (row.kind === "task") {
        parts.push(...taskMarks(row.task));
        parts.push(...row.task.people.map((id) => people[id]));
    } else if (row.kind === "project") {
        parts.push(
            _t("%(closed)s of %(total)s tasks finished", {
                closed: row.project.closed,
                total: row.project.total,
            }),
        );
    } else {
        parts.push(_t("%s tasks", row.store.total));
    }
    return parts.join(", ");
}

const MINOR = {
    day: (moment) => moment.toFormat("HH:mm"),
    week: (moment) => moment.toLocaleString({ weekday: "short", day: "numeric" }),
    month: (moment) => String(moment.day),
    quarter: (moment) => moment.toLocaleString({ month: "numeric", day: "numeric" }),
};
const MAJOR = {
    day: (moment) =>
        moment.toLocaleString({
            weekday: "long",
            year: "numeric",
            month: "short",
            day: "numeric",
        }),
    week: (moment) =>
        `${moment.toLocaleString({ year: "numeric", month: "long" })} · ${_t(
            "week %s",
            moment.weekNumber,
        )}`,
    month: (moment) => moment.toLocaleString({ year: "numeric", month: "long" }),
    quarter: (moment) => moment.toLocaleString({ year: "numeric", month: "long" }),
};

/** Name of a tick of the header's upper or lower line. */
export function tickLabel(zoom, line, ms) {
    return (line === "major" ? MAJOR : MINOR)[zoom](DateTime.fromMillis(ms));
}

export const ZOOM_NAMES = {
    day: _t("Day"),
    week: _t("Week"),
    month: _t("Month"),
    quarter: _t("Quarter"),
};
