"""Sample sheets to fill in, in English and Chinese: headers and a few rows."""

import io

SAMPLES = {
    "sop": {
        "en": (
            "SOP",
            ["No.", "Task", "Parent", "Role", "Hours", "Offset", "Predecessor"]
            + ["Note", "Elapsed days", "Milestone", "Evidence", "Approval"],
            [
                ["1", "Choose the product", "", "operator", 4, 0, ""]
                + ["Margin above 25 %", "", "Ready to buy", "no", ""],
                ["2", "Order samples", "", "buyer", 2, 1, "1"]
                + ["Two suppliers", "", "Ready to buy", "no", "Budget approved"],
                ["3", "Sea freight", "", "", "", 10, "2"]
                + ["Forwarder's estimate", 30, "In stock", "no", ""],
                ["4", "Prepare the listing", "", "operator", "", 3, "1"]
                + ["", "", "", "no", ""],
                ["4.1", "Take photos", "4", "designer", 6, 3, ""]
                + ["White background, 2000 px", "", "", "yes", ""],
                ["4.2", "Write title and bullets", "4", "operator", 3, 4, ""]
                + ["", "", "", "yes", ""],
            ],
        ),
        "zh": (
            "SOP",
            ["编号", "任务", "父任务", "岗位", "工时", "偏移天数", "前置任务"]
            + ["说明", "持续天数", "里程碑", "凭证", "审批"],
            [
                ["1", "选品", "", "运营", 4, 0, ""]
                + ["毛利率高于25%", "", "可以采购", "否", ""],
                ["2", "打样", "", "采购", 2, 1, "1"]
                + ["至少两家供应商", "", "可以采购", "否", "预算审批"],
                ["3", "海运头程", "", "", "", 10, "2"]
                + ["按货代预估", 30, "到仓", "否", ""],
                ["4", "准备Listing", "", "运营", "", 3, "1"] + ["", "", "", "否", ""],
                ["4.1", "拍图", "4", "设计", 6, 3, ""]
                + ["白底，2000像素", "", "", "是", ""],
                ["4.2", "写标题和五点", "4", "运营", 3, 4, ""] + ["", "", "", "是", ""],
            ],
        ),
    },
    "targets": {
        "en": (
            "Targets",
            ["Period", "Metric", "Person", "Store", "Department", "Category"]
            + ["Target", "Floor", "Stretch", "Note"],
            [
                ["2026-12", "gmv", "", "US-ABC", "", "", 60000, "", "", ""],
                ["2026-12", "gmv", "li.wei@example.com", "", "", ""]
                + [36000, 25000, 45000, "Two new products"],
                ["2026-Q4", "net_profit", "", "", "Operations", "", 90000, "", "", ""],
            ],
        ),
        "zh": (
            "目标",
            ["考核周期", "指标", "员工", "店铺", "部门", "品类"]
            + ["目标值", "门槛值", "挑战值", "备注"],
            [
                ["2026-12", "gmv", "", "US-ABC", "", "", 60000, "", "", ""],
                ["2026-12", "gmv", "li.wei@example.com", "", "", ""]
                + [36000, 25000, 45000, "有两款新品"],
                ["2026-Q4", "net_profit", "", "", "运营部", "", 90000, "", "", ""],
            ],
        ),
    },
    "work": {
        "en": (
            "Work",
            ["Record ID", "Task", "Owner", "Store", "Due date", "State"]
            + ["Priority", "Note"],
            [
                ["R1", "Reorder SKU-1", "li.wei@example.com", "US-ABC"]
                + ["2026-12-01", "In progress", "High", "500 pieces"],
                ["R2", "New main photo", "chen.yu@example.com", "US-ABC"]
                + ["2026-12-05", "Not started", "", ""],
            ],
        ),
        "zh": (
            "工作",
            ["记录ID", "任务描述", "任务执行人", "店铺", "截止日期", "进展"]
            + ["优先级", "备注"],
            [
                ["R1", "SKU-1补货", "li.wei@example.com", "US-ABC"]
                + ["2026-12-01", "进行中", "高", "500件"],
                ["R2", "更换主图", "chen.yu@example.com", "US-ABC"]
                + ["2026-12-05", "未开始", "", ""],
            ],
        ),
    },
    "members": {
        "en": (
            "Members",
            ["Store", "MSKU", "Owner", "Role", "From", "To", "Share %", "Is lead"],
            [
                ["US-ABC", "", "li.wei@example.com", "operator"]
                + ["2026-01-01", "", 60, "no"],
                ["US-ABC", "", "wang.fang@example.com", "manager"]
                + ["2026-01-01", "", 100, "yes"],
            ],
        ),
        "zh": (
            "成员",
            [
                "店铺",
                "MSKU",
                "责任人",
                "岗位",
                "开始日期",
                "结束日期",
                "业绩占比",
                "主管",
            ],
            [
                ["US-ABC", "", "li.wei@example.com", "运营"]
                + ["2026-01-01", "", 60, "否"],
                ["US-ABC", "", "wang.fang@example.com", "店长"]
                + ["2026-01-01", "", 100, "是"],
            ],
        ),
    },
}


def workbook(name, lang):
    """Return a sample as the bytes of an xlsx file.

    :param name: key of ``SAMPLES``
    :param lang: ``en`` or ``zh``
    :raise KeyError: no such sample
    """
    from openpyxl import Workbook

    title, headers, rows = SAMPLES[name][lang]
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(headers)
    for row in rows:
        sheet.append([None if value == "" else value for value in row])
    sheet.freeze_panes = "A2"
    for column in sheet.columns:
        width = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = max(10, width * 1.4)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
