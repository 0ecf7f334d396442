import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const WIDTH = 900;
const ROW = 64;
const COLORS = {
    critical: "#c0392b",
    high: "#d68910",
    medium: "#2874a6",
    low: "#7f8c8d",
};

/**
 * Where each circle and line of the map stands: the shop on the left, what it uses in
 * the middle, the shops that use the same on the right.
 */
export function layout(assets) {
    const others = [];
    const places = new Map();
    for (const asset of assets) {
        for (const other of asset.others) {
            if (!places.has(other.store_id)) {
                places.set(other.store_id, others.length);
                others.push({ id: other.store_id, name: other.name });
            }
        }
    }
    const rows = Math.max(assets.length, others.length, 1);
    const height = rows * ROW;
    const spread = (index, count) => (height * (index + 0.5)) / count;
    return {
        height,
        assets: assets.map((asset, index) => ({
            ...asset,
            x: WIDTH * 0.46,
            y: spread(index, assets.length),
        })),
        others: others.map((other, index) => ({
            ...other,
            x: WIDTH * 0.86,
            y: spread(index, others.length),
        })),
    };
}

/** A map of what one shop shares with others. */
export class LinkageMap extends Component {
    static template = "linkstar_store_opening.LinkageMap";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.width = WIDTH;
        this.state = useState({ data: null });
        onWillStart(async () => {
            const storeId = this.props.action.params?.store_id;
            if (storeId) {
                this.state.data = await this.orm.call("linkstar.store", "linkage_map", [
                    [storeId],
                ]);
            }
        });
    }

    get drawing() {
        return layout(this.state.data.assets);
    }

    lines(drawing) {
        const places = new Map(drawing.others.map((other) => [other.id, other]));
        return drawing.assets.flatMap((asset) =>
            asset.others.map((other) => ({
                key: `${asset.id}-${other.store_id}`,
                x1: asset.x,
                y1: asset.y,
                x2: places.get(other.store_id).x,
                y2: places.get(other.store_id).y,
                color: COLORS[other.severity] || "#bdc3c7",
                dashed: !other.severity || other.state === "allowed",
            })),
        );
    }

    color(asset) {
        const worst = ["critical", "high", "medium", "low"].find((level) =>
            asset.others.some((other) => other.severity === level),
        );
        return COLORS[worst] || "#95a5a6";
    }

    openAsset(asset) {
        return this.open("linkstar.asset", asset.id);
    }

    openStore(store) {
        return this.open("linkstar.store", store.id);
    }

    openConflict(other) {
        return this.open("linkstar.asset.conflict", other.conflict_id);
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("linkstar_store_opening.linkage_map", LinkageMap);
