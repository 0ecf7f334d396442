import { Component, useRef } from "@odoo/owl";
import { useBus } from "@web/core/utils/hooks";
import { useModel } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { ActionHelper } from "@web/views/action_helper";
import { standardViewProps } from "@web/views/standard_view_props";

/** The Gantt's frame: search, empty state, and what is kept when one comes back. */
export class GanttController extends Component {
    static template = "linkstar_project.GanttView";
    static components = { ActionHelper, CogMenu, Layout, SearchBar };
    static props = {
        ...standardViewProps,
        Model: Function,
        Renderer: Function,
        archInfo: Object,
    };

    setup() {
        this.model = useModel(this.props.Model, { resModel: this.props.resModel });
        this.ask = () => this.props.state?.gantt || {};
        useBus(this.model.bus, "update", () => this.render(true));
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ gantt: this.ask() }),
        });
        this.searchBarToggler = useSearchBarToggler();
    }

    /** The renderer tells whom to ask for zoom, folded rows and place, on leaving. */
    keep(ask) {
        this.ask = ask;
    }

    openTask(id) {
        return this.props.selectRecord(id, { activeIds: this.model.taskIds });
    }
}
