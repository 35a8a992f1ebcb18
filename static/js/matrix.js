// The picture of a matrix as a tool: click opens, a lasso chooses, dragging asks "what if". Without it the table beneath
// does the same by keyboard: a tick chooses, the menu of a row moves.
import { all, whenArrived } from "./page.js";

whenArrived((root) => all(root, "[data-matrix]").forEach(begin));

function begin(frame) {
  const canvas = frame.querySelector("[data-chart]");
  const form = document.getElementById(frame.dataset.matrix);
  if (!canvas || !form) return;
  const state = { frame, canvas, form, chart: null, spec: null, mode: "", dragged: null };
  canvas.addEventListener("kcrm:chart", ({ detail }) => {
    Object.assign(state, detail);
    listen(state);
    show(state);
  });
  frame.querySelectorAll("[data-matrix-mode]").forEach((button) => button.addEventListener("click", () => turn(state, button.dataset.matrixMode)));
  form.addEventListener("change", (event) => {
    if (event.target.name === "ids") show(state);
    if (event.target.name === "move") ask(state);
  });
  form.querySelector("[data-choose-none]")?.addEventListener("click", () => {
    ticks(form).forEach((tick) => (tick.checked = false));
    show(state);
  });
  show(state);
}

function ticks(form) {
  return [...form.querySelectorAll("input[name=ids]")];
}

function points(state) {
  return state.spec.series.flatMap((series) => series.points);
}

function turn(state, mode) {
  state.mode = mode;
  state.canvas.dataset.mode = mode;
  state.frame.querySelectorAll("[data-matrix-mode]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.matrixMode === mode)));
  state.frame.querySelectorAll("[data-matrix-hint]").forEach((hint) => (hint.hidden = hint.dataset.matrixHint !== mode));
  state.chart?.dispatchAction({ type: "takeGlobalCursor", key: "brush", brushOption: { brushType: mode === "choose" ? "polygon" : false, brushMode: "single" } });
}

function listen(state) {
  const { chart } = state;
  chart.on("brushEnd", ({ areas }) => {
    if (!areas.length) return;
    const inside = polygonOf(areas[0].range);
    const caught = new Set(points(state).filter((point) => inside(chart.convertToPixel("grid", [point.x, point.y]))).map((point) => String(point.id)));
    ticks(state.form).forEach((tick) => (tick.checked = caught.has(tick.value)));
    chart.dispatchAction({ type: "brush", areas: [] });
    show(state);
  });
  chart.on("click", ({ data }) => {
    const tick = state.mode === "choose" && data?.point && ticks(state.form).find((one) => one.value === String(data.point.id));
    if (tick) {
      tick.checked = !tick.checked;
      show(state);
    }
  });
  chart.on("mousedown", ({ data, event }) => {
    if (state.mode !== "move" || !data?.point) return;
    state.dragged = data;
    event.stop?.();
  });
  const zr = chart.getZr();
  zr.on("mousemove", ({ offsetX, offsetY }) => {
    if (state.dragged) ghost(state, offsetX, offsetY);
  });
  zr.on("mouseup", ({ offsetX, offsetY }) => {
    if (!state.dragged) return;
    const point = state.dragged.point;
    state.dragged = null;
    drop(state, point, chart.convertFromPixel("grid", [offsetX, offsetY]));
  });
}

// Whether a place lies inside the lasso: a line to the right crosses its edge an odd number of times.
function polygonOf(corners) {
  return ([x, y]) => corners.reduce((inside, [x1, y1], at) => {
    const [x2, y2] = corners[(at + 1) % corners.length];
    return y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1 ? !inside : inside;
  }, false);
}

function ghost({ chart, dragged, canvas }, x, y) {
  const colour = getComputedStyle(canvas).color;
  chart.setOption({ graphic: [{ id: "ghost", type: "circle", silent: true, z: 100, shape: { cx: x, cy: y, r: Math.max(8, dragged.symbolSize / 2) }, style: { fill: "transparent", stroke: colour, lineWidth: 2, lineDash: [4, 3] } }] });
}

function drop(state, point, [x, y]) {
  point.from ??= { x: point.x, y: point.y, trail: point.trail };
  point.x = x;
  point.y = y;
  point.trail = [[point.from.x, point.from.y], [x, y]];
  const { quadrants, cells } = state.spec;
  const cell = cells[(y >= quadrants.y ? 0 : 2) + (x >= quadrants.x ? 1 : 0)];
  const menu = state.form.querySelector(`select[name=move][data-id="${point.id}"]`);
  if (menu) {
    const stays = menu.dataset.from === cell;
    menu.value = stays ? "" : `${point.id}:${cell}`;
    if (stays) Object.assign(point, point.from, { from: undefined });
  }
  state.redraw();
  state.chart.setOption({ graphic: [] }, { replaceMerge: ["graphic"] });
  mark(state);
  ask(state);
}

function ask({ form }) {
  const target = document.getElementById(form.dataset.whatIf);
  const moves = [...form.querySelectorAll("select[name=move]")].map((menu) => menu.value).filter(Boolean);
  const query = new URLSearchParams(moves.map((move) => ["move", move]));
  window.htmx.ajax("GET", `${form.action}?${query}`, { target, swap: "innerHTML" });
}

function show(state) {
  const chosen = ticks(state.form).filter((tick) => tick.checked);
  const count = state.form.querySelector("[data-chosen-count]");
  if (count) count.textContent = chosen.length;
  const sum = state.form.querySelector("[data-chosen-sales]");
  const total = chosen.reduce((all, tick) => all + Number(tick.dataset.sales || 0), 0);
  if (sum) sum.textContent = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 }).format(total);
  state.form.querySelector("[data-chosen]")?.toggleAttribute("hidden", !chosen.length);
  ticks(state.form).forEach((tick) => tick.closest("tr")?.classList.toggle("is-selected", tick.checked));
  mark(state);
}

function mark({ chart, spec, form }) {
  if (!chart) return;
  const chosen = new Set(ticks(form).filter((tick) => tick.checked).map((tick) => tick.value));
  const options = chart.getOption().series;
  spec.series.forEach((series) => {
    const at = options.findIndex((one) => one.name === series.name && !one.silent);
    const index = series.points.map((point, place) => (chosen.has(String(point.id)) ? place : -1)).filter((place) => place >= 0);
    chart.dispatchAction({ type: "unselect", seriesIndex: at, dataIndex: series.points.map((_point, place) => place) });
    if (index.length) chart.dispatchAction({ type: "select", seriesIndex: at, dataIndex: index });
  });
}
