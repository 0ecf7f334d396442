import { palette } from "./dashboard_chart";

const WIDTH = 1200;
const MARGIN = 32;
const ROW = 26;
const SHOWN_ROWS = 40;

/** Colours of the heat map's steps in a picture, as in dashboard.scss. */
const HEAT = {
    o_heat_none: "#e5e7eb",
    o_heat_1: "#f3b0a8",
    o_heat_2: "#f7dca0",
    o_heat_3: "#d5e8b5",
    o_heat_4: "#93cfa2",
};

function clip(pen, text, width) {
    let shown = String(text);
    while (shown.length > 1 && pen.measureText(shown).width > width) {
        shown = `${shown.slice(0, -2)}…`;
    }
    return shown;
}

function drawHeat(pen, heat, top) {
    const name = 220;
    const width = Math.min(130, (WIDTH - 2 * MARGIN - name) / heat.columns.length);
    pen.font = "12px sans-serif";
    pen.fillStyle = palette().text;
    heat.columns.forEach((column, index) => {
        const left = MARGIN + name + index * width;
        pen.fillText(clip(pen, column, width - 8), left + 4, top + 16);
    });
    heat.rows.slice(0, SHOWN_ROWS).forEach((row, number) => {
        const y = top + ROW * (number + 1);
        pen.fillStyle = palette().text;
        pen.fillText(clip(pen, row.name, name - 8), MARGIN, y + 17);
        row.cells.forEach((cell, index) => {
            const left = MARGIN + name + index * width;
            pen.fillStyle = HEAT[cell.tone];
            pen.fillRect(left, y, width - 2, ROW - 2);
            pen.fillStyle = "#111827";
            pen.fillText(clip(pen, cell.text, width - 10), left + 6, y + 17);
        });
    });
}

/**
 * One picture of the dashboard: title, charts as they are drawn, heat map.
 *
 * @param {String} title
 * @param {Array} charts of {title, canvas}
 * @param {Object} heat {columns, rows: [{name, cells: [{text, tone}]}]}
 * @returns {HTMLCanvasElement}
 */
export function paint(title, charts, heat) {
    const half = (WIDTH - 3 * MARGIN) / 2;
    const sizes = charts.map(
        ({ canvas }) =>
            Math.round((canvas.clientHeight / canvas.clientWidth) * half) || 200,
    );
    const rows = [];
    for (let i = 0; i < charts.length; i += 2) {
        rows.push(Math.max(sizes[i], sizes[i + 1] || 0) + 48);
    }
    const heatRows = Math.min(heat.rows.length, SHOWN_ROWS) + 2;
    const height = 88 + rows.reduce((a, b) => a + b, 0) + heatRows * ROW + MARGIN;
    const picture = document.createElement("canvas");
    picture.width = WIDTH;
    picture.height = height;
    const pen = picture.getContext("2d");
    pen.fillStyle = palette().paper;
    pen.fillRect(0, 0, WIDTH, height);
    pen.fillStyle = palette().text;
    pen.font = "600 24px sans-serif";
    pen.fillText(clip(pen, title, WIDTH - 2 * MARGIN), MARGIN, 48);
    let top = 76;
    charts.forEach(({ title: name, canvas }, index) => {
        const left = MARGIN + (index % 2) * (half + MARGIN);
        pen.fillStyle = palette().text;
        pen.font = "600 15px sans-serif";
        pen.fillText(name, left, top + 14);
        pen.drawImage(canvas, left, top + 24, half, sizes[index]);
        if (index % 2 || index === charts.length - 1) {
            top += rows[Math.floor(index / 2)];
        }
    });
    if (heat.columns.length) {
        drawHeat(pen, heat, top);
    }
    return picture;
}

/** Save a canvas as a PNG file. */
export function save(picture, filename) {
    const link = document.createElement("a");
    link.download = filename;
    link.href = picture.toDataURL("image/png");
    link.click();
}
