/**
 * One tour per role, on the reader's own data: started from First steps, walked by
 * tests. Triggers are field names and classes, never words: they hold in every
 * language.
 */
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const field = (name) => `.o_field_widget[name='${name}'] input`;
// A match: neither the spinner nor “Create” and “Search more” below it.
const choice =
    ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) > a:not(.o_loading)";

/** Open the list of a many2one and take the first match; a person takes any. */
function choose(name, content, scope = "") {
    return [
        { trigger: `${scope} ${field(name)}`, content, run: "click" },
        { trigger: choice, content: _t("Take this one."), run: "click" },
    ];
}

tours.add("linkstar_admin", {
    url: "/odoo/linkstar-stores",
    steps: () => [
        {
            trigger: ".o-kanban-button-new, .o_list_button_add",
            content: _t("A store is one seller account on one marketplace."),
            run: "click",
        },
        {
            trigger: field("name"),
            content: _t("Its name, as your team calls it."),
            run: "edit My first store",
        },
        {
            trigger: field("code"),
            content: _t("A short code: it stands in titles, imports and messages."),
            run: "edit US-FIRST",
        },
        ...choose("marketplace_id", _t("Where it sells.")),
        {
            trigger: ".o_form_button_save",
            content: _t("Save. Its members come next."),
            run: "click",
        },
        { trigger: ".o_form_saved" },
        {
            trigger: "[data-menu-xmlid='linkstar_project.menu_stores']",
            content: _t("All that belongs to stores is in this menu."),
            run: "click",
        },
        {
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='linkstar_project.linkstar_store_member_menu']",
            content: _t("Members: who does what in which store."),
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            content: _t("Add the first one: yourself will do."),
            run: "click",
        },
        ...choose("store_id", _t("The store.")),
        ...choose("user_id", _t("The person.")),
        ...choose("role_id", _t("The role decides which tasks reach them.")),
        {
            trigger: field("is_lead"),
            content: _t("A lead launches, decides and hears of what is late."),
            run: "check",
        },
        {
            trigger: ".o_form_button_save",
            content: _t("Save. Now a template can be launched here."),
            run: "click",
        },
        { trigger: ".o_form_saved" },
    ],
});

tours.add("linkstar_template_manager", {
    url: "/odoo/linkstar-templates",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            content: _t("A template is your SOP: steps, roles, days, conditions."),
            run: "click",
        },
        {
            trigger: ".oe_title .o_field_widget[name='name'] :is(input, textarea)",
            content: _t("What it is for."),
            run: "edit Weekly check",
        },
        {
            trigger: ".o_field_widget[name='tasks'] .o_field_x2many_list_row_add a",
            content: _t("Add its first step."),
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name='tasks'] .o_selected_row [name='name'] input",
            content: _t("One thing that one person can finish."),
            run: "edit Look at reviews",
        },
        {
            trigger: ".o_form_button_save",
            content: _t("Save the working copy. Nobody works by it yet."),
            run: "click",
        },
        { trigger: ".o_form_saved" },
        {
            trigger: "button[name='action_open_publish']",
            content: _t(
                "Publish: the steps are frozen as a version that can be launched.",
            ),
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            content: _t("Running projects keep the version they began with."),
            run: "click",
        },
        { trigger: "body:not(:has(.modal)) .o_form_view .o_statusbar_buttons" },
    ],
});

tours.add("linkstar_lead", {
    url: "/odoo/linkstar-templates",
    steps: () => [
        {
            trigger: ".o_data_row:first .o_data_cell[name='name']",
            content: _t("Open a template of the library."),
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_buttons .btn-primary",
            content: _t("Launch it: nothing is written before you have seen the plan."),
            run: "click",
        },
        ...choose("store_ids", _t("For which stores?"), ".modal"),
        {
            trigger: ".modal .o_field_widget[name='preview'] table",
            content: _t("The dry run: every task with its owner and dates."),
        },
        {
            trigger: ".modal-footer .btn-primary",
            content: _t("Launch. Owners are told, dates are watched from now on."),
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_data_row, .o_kanban_record",
            content: _t("Your project runs."),
        },
    ],
});

tours.add("linkstar_operator", {
    url: "/odoo/linkstar-my-work",
    steps: () => [
        {
            trigger: ".o_ls_card",
            content: _t("What is late stands first, then today. Open one."),
            run: "click",
        },
        {
            trigger: ".o_ls_start",
            content: _t("Begin: the others see that you are at it."),
            run: "click",
        },
        {
            trigger: ".o_ls_comment_input",
            content: _t("Tell what they should know."),
            run: "edit On it",
        },
        {
            trigger: ".o_ls_comment_send",
            content: _t("Send it. Photos go in the same way."),
            run: "click",
        },
        {
            trigger: ".o_ls_comments",
            content: _t("Finish closes the task; what waits for it may start."),
        },
    ],
});
