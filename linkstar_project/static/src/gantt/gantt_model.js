import { markRaw } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { Model } from "@web/model/model";
import { buildTree } from "./gantt_rows";
import { toMs, toText } from "./gantt_time";

/** Loads what the Gantt draws, and asks the server what a move would shift. */
export class GanttModel extends Model {
    setup({ resModel }) {
        this.resModel = resModel;
        this.keepLast = new KeepLast();
        this.searchParams = null;
        this.version = 0;
        this.tree = null;
    }

    async load(searchParams = this.searchParams) {
        this.searchParams = searchParams;
        const data = await this.keepLast.add(
            this.orm.call(this.resModel, "linkstar_gantt", [], {
                domain: searchParams.domain,
                context: searchParams.context,
            }),
        );
        const work = {};
        for (const [calendar, spans] of Object.entries(data.work)) {
            work[calendar] = spans.map(([from, to]) => [toMs(from), toMs(to)]);
        }
        this.tree = markRaw(buildTree(data, _t("Without a store")));
        this.work = markRaw(work);
        this.people = markRaw(data.people);
        this.window = data.window.map(toMs);
        this.more = data.more;
        this.version += 1;
        this.notify();
    }

    hasData() {
        return Boolean(this.tree?.tasks.length);
    }

    get taskIds() {
        return this.tree.tasks.map((task) => task.id);
    }

    /** What moves when the task is put there; nothing is written. */
    preview(taskId, span) {
        return this.call("preview_move", taskId, span);
    }

    async apply(taskId, span) {
        const moves = await this.call("apply_move", taskId, span);
        await this.load();
        return moves;
    }

    call(method, taskId, span) {
        return this.orm.call(this.resModel, method, [
            [taskId],
            toText(span.begin),
            toText(span.end),
        ]);
    }
}
