// Draws each [data-chart] from the JSON beside it (data-spec: id of a <script type="application/json">) or behind
// data-url; draws it anew when the brightness changes; a click follows the figure's link; PNG on request.
import * as echarts from "../../vendor/echarts.js";
import { sentence } from "../page.js";
import { optionsFor } from "./options.js";
import { palette } from "./palette.js";

const drawn = new Map();

/** Draws one chart, once. */
export async function mount(canvas) {
  if (drawn.has(canvas)) return;
  drawn.set(canvas, null);
  try {
    const spec = await specOf(canvas);
    const chart = echarts.init(canvas, null, { renderer: "svg", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
    drawn.set(canvas, { chart, spec });
    draw(canvas);
    chart.on("click", (event) => {
      const href = event.data?.href;
      if (href && !canvas.dataset.mode) window.location.assign(href);
    });
    canvas.dispatchEvent(new CustomEvent("kcrm:chart", { bubbles: true, detail: { chart, spec, redraw: () => draw(canvas) } }));
    let width = canvas.clientWidth;
    new ResizeObserver(() => {
      chart.resize();
      if (width < 520 !== canvas.clientWidth < 520) draw(canvas);
      width = canvas.clientWidth;
    }).observe(canvas);
  } catch {
    drawn.delete(canvas);
    canvas.textContent = sentence("failed");
  }
}

async function specOf(canvas) {
  const { spec, url } = canvas.dataset;
  if (spec) return JSON.parse(document.getElementById(spec).textContent);
  const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function draw(canvas) {
  const { chart, spec } = drawn.get(canvas);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption({ ...optionsFor(spec, palette(), canvas.clientWidth), animation: !calm, animationDuration: 300 }, true);
}

function redraw() {
  for (const [canvas, known] of drawn) {
    if (!canvas.isConnected) {
      known?.chart.dispose();
      drawn.delete(canvas);
    } else if (known) draw(canvas);
  }
}

document.addEventListener("kcrm:theme", () => requestAnimationFrame(redraw));
document.addEventListener("htmx:afterSettle", redraw);
window.addEventListener("beforeprint", redraw);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-chart-png]");
  const known = button && drawn.get(document.getElementById(button.dataset.chartPng));
  if (known) savePicture(known, button.dataset.name || "chart");
});

// The page draws SVG; a picture is drawn once more on a canvas, in the page's own letters and twice as dense.
function savePicture({ chart, spec }, name) {
  const box = document.createElement("div");
  const size = { width: chart.getWidth(), height: chart.getHeight() };
  const twin = echarts.init(box, null, { ...size, renderer: "canvas" });
  twin.setOption({ ...optionsFor(spec, palette(), size.width), animation: false });
  twin.renderToCanvas({ pixelRatio: 2, backgroundColor: palette().surface }).toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    twin.dispose();
  });
}
