"""Terms without a good Chinese translation are named."""

import polib

from tools import i18n, po_report


def catalogue(**terms):
    made = polib.POFile()
    for msgid, msgstr in terms.items():
        made.append(polib.POEntry(msgid=msgid.replace("_", " "), msgstr=msgstr))
    return made


def test_each_kind_of_gap_is_found():
    pot = polib.POFile()
    for term in ("Store", "Orders", "Late", "%(n)s tasks", "Deal"):
        pot.append(polib.POEntry(msgid=term))
    po = catalogue(Store="店铺", Orders="", Late="已延期")
    po.append(polib.POEntry(msgid="%(n)s tasks", msgstr="%(m)s 个任务"))
    po.find("Late").flags.append("fuzzy")
    assert po_report.compare(pot, po) == {
        "untranslated": ["Orders", "Deal"],
        "fuzzy": ["Late"],
        "damaged": ["%(n)s tasks"],
        "unread": [],
    }


def test_a_translation_without_the_mark_of_its_code_is_found():
    """Odoo would show the English word on a screen that a script draws."""
    pot, po = catalogue(Lead=""), catalogue(Lead="主管")
    pot.find("Lead").comment = "module: x\nodoo-javascript"
    assert po_report.compare(pot, po)["unread"] == ["Lead"]
    po.find("Lead").comment = "module: x\nodoo-javascript"
    assert po_report.compare(pot, po)["unread"] == []
    place = [("code:addons/x/models/y.py", "0")]
    pot.find("Lead").occurrences = po.find("Lead").occurrences = place
    assert po_report.compare(pot, po)["unread"] == ["Lead"]


def test_complete_addon_is_praised_with_status_0(tmp_path, capsys):
    catalogue(Store="").save(str(tmp_path / "x.pot"))
    catalogue(Store="店铺").save(str(tmp_path / "zh_CN.po"))
    paths = (str(tmp_path / "x.pot"), str(tmp_path / "zh_CN.po"))
    assert po_report.main(*paths) == 0
    assert capsys.readouterr().out.startswith("x: 1 terms, 0 without")


def test_addon_without_translations_is_all_gap(tmp_path, capsys):
    catalogue(Store="").save(str(tmp_path / "x.pot"))
    assert po_report.main(str(tmp_path / "x.pot"), str(tmp_path / "none.po")) == 1
    assert "untranslated: Store" in capsys.readouterr().out


def test_export_that_differs_by_its_date_changes_no_file(tmp_path):
    fresh, target = tmp_path / "fresh.pot", tmp_path / "x.pot"
    dated = '"POT-Creation-Date: {}\\n"\nmsgid "Store"\n'
    fresh.write_text(dated.format("2026-01-01"))
    assert i18n.replace(fresh, target)
    fresh.write_text(dated.format("2026-02-02"))
    assert not i18n.replace(fresh, target)
    fresh.write_text(dated.format("2026-02-02") + 'msgid "Seller"\n')
    assert i18n.replace(fresh, target)
