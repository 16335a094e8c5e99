"""Filters that may be taken out unnoticed, since another wall stands behind them, and the test that shows that one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SecondWall:
    """Why nothing is told without the filter, and the test, which reaches it, of what stands behind it."""

    why: str
    test: str


OWN = "asks for rows of the viewer's own party alone, in a role that writes them, which sees them all"
FOUND = "asks for what follows a record that was found before, through the same wall"
OWNER = "asked for one's own record alone, by whoever writes it; the owner sees all of it"
CHECKED = "what is written may name only what its writer sees: the action says so in the same words"
WRITTEN = "asked for a record that the action has just written, which refuses all but its owner"
NONE = "no row is asked for"
THEIRS = "asks again for rows that are the viewer's, which is made sure of before"
NARROWER = "the detail set is asked beside it, and none is written that names more than its record's release set"

TODAY = "tests/house/test_today.py::test_nobody_else_is_told"
FILLED = "tests/directory/test_reference.py::test_filling_twice_adds_nothing_and_changes_nothing"
IMPORTED = "test_tables_are_read_alike_whatever_another_party_hides_under_the_same_codes"
ITEMS, NODES = f"tests/catalogue/test_importing.py::{IMPORTED}", f"tests/logistics/test_importing.py::{IMPORTED}"
NAMES = "tests/catalogue/test_api.py::test_names_are_replaced_as_a_whole"
SHELF = "tests/catalogue/test_pages.py::test_pages_tell_what_is_released_and_nothing_more"
ITEM_FORM = "tests/catalogue/test_pages.py::test_an_item_is_added_changed_and_refused_by_form"
FORMS = "show_details_to_their_owner_and_are_no_page_to_others"
NODE_FORM = f"tests/logistics/test_pages.py::test_the_forms_of_nodes_and_legs_{FORMS}"
PACKAGE_FORM = (
    "tests/catalogue/test_pages.py::test_the_form_of_a_package_shows_its_parts_to_its_owner_and_is_no_page_to_others"
)
PARTS = "tests/catalogue/test_packages.py::test_parts_are_replaced_as_a_whole_and_raise_the_version"
CONTACT_FORM = (
    "tests/staffing/test_contacts.py::"
    "test_the_form_of_a_record_shows_its_detail_to_its_owner_and_is_no_page_to_others[ContactPoint]"
)
JOINED = "tests/catalogue/test_pages.py::test_rows_that_were_joined_to_others_are_counted_and_marked_once"
OVERTAKEN = "tests/house/test_overtaken.py::test_what_both_changed_stands_side_by_side_and_what_was_typed_stays"
DETAIL = "tests/staffing/test_contacts.py::test_the_same_detail_again_leaves_no_event"
PICTURED = "tests/catalogue/test_pictures.py::test_a_source_that_the_writer_does_not_see_is_none"
NAMED = "tests/house/test_naming.py::test_over_the_api_a_hidden_record_is_named_as_one_that_never_was"
UNKNOWN = "tests/directory/test_api.py::test_what_is_not_seen_can_not_be_cited"
CITED = (
    "tests/house/test_naming.py::"
    "test_a_citation_is_not_moved_to_a_source_that_is_hidden_in_other_words_than_to_one_of_nobody"
)
PREVIEW = (
    "tests/access/test_release.py::test_looking_as_another_shows_details_only_to_whom_they_are_released[NLD-True-True]"
)

SECOND_WALLS = {
    "access/markings.py count_and_marking rows.model.objects.visible_to(viewer)": SecondWall(THEIRS, JOINED),
    "access/overtaken.py overtaken walled.visible_to(viewer)": SecondWall(OWNER, OVERTAKEN),
    "access/own_needs.py embargoes kind.objects.visible_to(viewer)": SecondWall(OWN, TODAY),
    "access/release_views.py release_preview model.objects.visible_to(request.viewer)": SecondWall(OWNER, PREVIEW),
    "access/visibility.py Walled.wall sight(viewer, 'record__', 'releasable_to')": SecondWall(NARROWER, PREVIEW),
    "catalogue/actions.py change_package PackagePart.objects.visible_to(viewer)": SecondWall(OWNER, PARTS),
    "catalogue/actions.py change_item ItemName.objects.visible_to(viewer)": SecondWall(WRITTEN, NAMES),
    "catalogue/actions.py _source_faults Source.objects.visible_to(viewer)": SecondWall(CHECKED, PICTURED),
    "catalogue/api.py add_substitute Item.objects.visible_to(viewer)": SecondWall(
        CHECKED, f"{NAMED}[POST-substitutes-body0]"
    ),
    "catalogue/api.py names ItemName.objects.visible_to(request.viewer)": SecondWall(FOUND, NAMES),
    "catalogue/api.py set_names ItemName.objects.visible_to(request.viewer)": SecondWall(FOUND, NAMES),
    "catalogue/forms.py item_initial ItemDetail.objects.visible_to(viewer)": SecondWall(OWNER, ITEM_FORM),
    "catalogue/forms.py item_initial ItemName.objects.visible_to(viewer)": SecondWall(OWNER, ITEM_FORM),
    "catalogue/forms.py package_initial PackagePart.objects.visible_to(viewer)": SecondWall(OWNER, PACKAGE_FORM),
    "catalogue/importing.py _items Item.objects.visible_to(viewer)": SecondWall(OWN, ITEMS),
    "catalogue/importing.py _values ItemDetail.objects.visible_to(viewer)": SecondWall(OWN, ITEMS),
    "catalogue/importing.py _packages Package.objects.visible_to(viewer)": SecondWall(OWN, ITEMS),
    "catalogue/importing.py _parts Package.objects.visible_to(viewer)": SecondWall(OWN, ITEMS),
    "catalogue/importing.py _parts PackagePart.objects.visible_to(viewer)": SecondWall(FOUND, ITEMS),
    "catalogue/today.py blind_substitutes Substitute.objects.visible_to(viewer)": SecondWall(OWN, TODAY),
    "catalogue/views.py item ItemName.objects.visible_to(viewer)": SecondWall(FOUND, SHELF),
    "catalogue/views.py package PackagePart.objects.visible_to(request.viewer)": SecondWall(FOUND, SHELF),
    "logistics/forms.py node_initial NodeDetail.objects.visible_to(viewer)": SecondWall(OWNER, NODE_FORM),
    "logistics/forms.py leg_initial LegDetail.objects.visible_to(viewer)": SecondWall(OWNER, NODE_FORM),
    "logistics/importing.py _nodes Node.objects.visible_to(viewer)": SecondWall(OWN, NODES),
    "logistics/importing.py _nodes NodeDetail.objects.visible_to(viewer)": SecondWall(OWN, NODES),
    "logistics/importing.py _leg_rows Leg.objects.visible_to(viewer)": SecondWall(OWN, NODES),
    "logistics/importing.py _leg_rows LegDetail.objects.visible_to(viewer)": SecondWall(OWN, NODES),
    "logistics/today.py blind_legs Leg.objects.visible_to(viewer)": SecondWall(OWN, TODAY),
    "sources/actions.py _see_source viewer.sees(source)": SecondWall(CHECKED, CITED),
    "sources/api.py _with_source Source.objects.visible_to(viewer)": SecondWall(
        CHECKED, f"{NAMED}[POST-citations-body8]"
    ),
    "sources/models.py visible Source.objects.visible_to(viewer)": SecondWall(NONE, UNKNOWN),
    "sources/reference.py own_sources Source.objects.visible_to(by)": SecondWall(OWN, FILLED),
    "sources/reference.py _citations Citation.objects.visible_to(by)": SecondWall(OWN, FILLED),
    "sources/reference.py _records citable()[kind].objects.visible_to(by)": SecondWall(OWN, FILLED),
    "sources/today.py unjudged Source.objects.visible_to(viewer)": SecondWall(OWN, TODAY),
    "staffing/actions.py _write_detail kind.objects.visible_to(act.by)": SecondWall(WRITTEN, DETAIL),
    "staffing/reference.py _contacts ContactPoint.objects.visible_to(by)": SecondWall(OWN, FILLED),
    "staffing/reference.py _posts LiaisonPost.objects.visible_to(by)": SecondWall(OWN, FILLED),
    "staffing/today.py contacts ContactPoint.objects.visible_to(viewer)": SecondWall(OWN, TODAY),
    "staffing/today.py waiting_posts LiaisonPost.objects.visible_to(viewer)": SecondWall(OWN, TODAY),
    "staffing/views.py _own_detail kind.objects.visible_to(request.viewer)": SecondWall(OWNER, CONTACT_FORM),
}
