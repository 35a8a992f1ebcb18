// From the plain description of a chart to what the drawing library wants. The description is documented in docs/design.md.
import { bubbles } from "./bubbles.js";
import { shapeOf } from "./palette.js";
import { figure, tick, tip } from "./words.js";

const parts = { axis, legend, marks, quadrants, tip, figure };
const NARROW_FLOW = 560;
const KINDS = { bubbles: (spec, colours, width) => bubbles(spec, colours, width, parts), scatter, line, bar, waterfall, sankey, heat };

/** The options of a chart in these colours at this width. */
export function optionsFor(spec, colours, width) {
  return { ...frame(colours), ...KINDS[spec.kind](spec, colours, width) };
}

function frame(colours) {
  return {
    textStyle: { fontFamily: colours.font, fontSize: 12, color: colours["text-2"] },
    tooltip: {
      className: "chart-tip",
      confine: true,
      padding: [8, 12],
      borderWidth: 1,
      borderColor: colours["line-2"],
      backgroundColor: colours.surface,
      textStyle: { color: colours.text, fontFamily: colours.font, fontSize: 12, fontWeight: "normal" },
      transitionDuration: 0,
    },
    grid: { left: 8, right: 16, top: 24, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
  };
}

function axis(spec = {}, colours, more = {}) {
  const isCategory = spec.type === "category" || spec.categories;
  return {
    type: isCategory ? "category" : (spec.type ?? "value"),
    data: spec.categories,
    name: spec.label,
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: { color: colours["text-2"], fontSize: 12, lineHeight: 15, width: more.nameWidth, overflow: "break" },
    min: spec.min,
    max: spec.max,
    scale: spec.zero === false,
    axisLine: { show: Boolean(isCategory || more.line), lineStyle: { color: colours["line-2"] } },
    axisTick: { show: false },
    axisLabel: { color: colours["text-2"], fontSize: 11, hideOverlap: true, showMinLabel: spec.min === undefined, showMaxLabel: spec.max === undefined, formatter: isCategory ? undefined : (value) => tick(value, spec) },
    splitLine: { show: !isCategory && !more.plain, lineStyle: { color: colours.line } },
    splitNumber: 4,
    ...more.own,
  };
}

function legend(spec, colours) {
  if (spec.series.length < 2 || spec.legend === false) return { show: false };
  return {
    type: "scroll",
    top: 0,
    left: 0,
    itemWidth: 12,
    itemHeight: 9,
    itemGap: 16,
    textStyle: { color: colours["text-2"], fontSize: 12 },
    inactiveColor: colours["line-3"],
  };
}

function marks(spec, colours) {
  const lines = (spec.marks ?? []).map((mark) => ({
    [mark.axis === "x" ? "xAxis" : "yAxis"]: mark.at,
    label: { formatter: mark.label ?? "", color: colours["text-2"], fontSize: 11, position: "insideStartTop" },
  }));
  if (!lines.length) return undefined;
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: colours["line-3"], type: "dashed", width: 1 },
    data: lines,
  };
}

function scatter(spec, colours, width) {
  const sizes = spec.series.flatMap((series) => series.points.map((point) => point.size ?? 0));
  const largest = Math.max(...sizes, 0);
  const most = Math.min(52, Math.max(24, width / 16));
  const diameter = (size) => (largest ? Math.max(8, Math.sqrt((size ?? 0) / largest) * most) : 12);
  const corner = spec.quadrants;
  const isNarrow = width < 520;
  const bounded = (name) => (corner ? { ...spec[name], min: range(spec, name)[0], max: range(spec, name)[1] } : spec[name]);
  return {
    legend: corner && isNarrow ? { show: false } : legend(spec, colours),
    grid: { left: 12, right: 24, top: spec.series.length > 1 && !(corner && isNarrow) ? 36 : 16, bottom: 12, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: axis(bounded("x"), colours, { line: true, plain: Boolean(corner), nameWidth: width - 80 }),
    yAxis: axis(bounded("y"), colours, { line: true, plain: Boolean(corner), own: { nameGap: 36 } }),
    series: [
      ...(corner ? [quadrants(spec, colours)] : []),
      ...spec.series.map((series, index) => {
        const colour = colours.of(series.role, index);
        return {
          type: "scatter",
          name: series.name,
          symbol: shapeOf(series.role, index),
          itemStyle: isRing(series)
            ? { color: colours.surface, borderColor: colour, borderWidth: 2 }
            : { color: colour, opacity: 0.82, borderColor: colours.surface, borderWidth: 1 },
          emphasis: { itemStyle: { opacity: 1 }, scale: 1.08 },
          cursor: "pointer",
          data: series.points.map((point) => ({
            value: [point.x, point.y],
            name: point.label,
            href: point.href,
            point,
            symbolSize: diameter(point.size),
            label: point.quiet ? { show: false } : undefined,
          })),
          label: { show: true, position: "top", distance: 4, formatter: "{b}", color: colours.text, fontSize: 11, textBorderColor: colours.surface, textBorderWidth: 3 },
          labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
          markLine: index === 0 ? marks(spec, colours) : undefined,
          tooltip: {
            formatter: ({ data, seriesName }) =>
              tip(data.name, [
                [spec.x.label, figure(data.point.x, spec.x)],
                [spec.y.label, figure(data.point.y, spec.y)],
                ...(spec.size ? [[spec.size.label, figure(data.point.size, spec.size)]] : []),
                [spec.group ?? "", spec.group ? seriesName : ""],
                ...(data.point.notes ?? []),
              ]),
          },
        };
      }),
    ],
  };
}

function isRing(series) {
  return series.role === "opportunistic";
}

// Two lines and four words: [top left, top right, bottom left, bottom right].
function quadrants(spec, colours) {
  const { x, y, labels } = spec.quadrants;
  const [left, right, low, high] = [...range(spec, "x"), ...range(spec, "y")];
  const corner = (name, from, to, position, itemStyle = { color: "transparent" }) => [
    { name, coord: from, label: { show: true, position, color: colours["text-3"], fontSize: 11 }, itemStyle },
    { coord: to },
  ];
  return {
    type: "scatter",
    data: [],
    silent: true,
    markArea: {
      silent: true,
      animation: false,
      data: [
        corner(labels[0], [left, high], [x, y], "insideTopLeft"),
        corner(labels[1], [x, high], [right, y], "insideTopRight", { color: colours.key, opacity: 0.06 }),
        corner(labels[2], [left, y], [x, low], "insideBottomLeft"),
        corner(labels[3], [x, y], [right, low], "insideBottomRight"),
      ],
    },
    markLine: {
      silent: true,
      symbol: "none",
      animation: false,
      label: { show: false },
      lineStyle: { color: colours["line-3"], type: "solid", width: 1 },
      data: [{ xAxis: x }, { yAxis: y }],
    },
  };
}

// The least and the greatest of an axis: as described, else with some air around the points.
function range(spec, name) {
  const values = [...spec.series.flatMap((series) => series.points.map((point) => point[name])), spec.quadrants[name]];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low || 1) * 0.08;
  return [spec[name].min ?? low - air, spec[name].max ?? high + air];
}

function byCategory(spec) {
  return (rows) => {
    const at = rows[0].dataIndex;
    const title = spec.x.categories?.[at] ?? figure(rows[0].value[0], spec.x);
    const lines = rows.filter((row) => row.seriesName && row.data?.shown !== undefined).map((row) => [row.seriesName, figure(row.data.shown, spec.y)]);
    return tip(title, lines);
  };
}

function valuesOf(series) {
  return (series.values ?? series.points).map((value) => {
    if (value === null || typeof value !== "object") return { value, shown: value };
    return { value: value.x === undefined ? value.y : [value.x, value.y], shown: value.y, href: value.href, name: value.label };
  });
}

function line(spec, colours) {
  return {
    legend: legend(spec, colours),
    grid: { left: 8, right: 20, top: spec.series.length > 1 ? 36 : 20, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    tooltip: { ...frame(colours).tooltip, trigger: "axis", axisPointer: { lineStyle: { color: colours["line-3"] } }, formatter: byCategory(spec) },
    xAxis: axis(spec.x, colours, { line: true, plain: true, own: { boundaryGap: false } }),
    yAxis: axis(spec.y, colours, { own: { name: undefined } }),
    series: spec.series.map((series, index) => {
      const colour = colours.of(series.role, index);
      return {
        type: "line",
        name: series.name,
        data: valuesOf(series),
        symbol: shapeOf(series.role, index),
        symbolSize: 6,
        showSymbol: false,
        lineStyle: { width: 2, color: colour, type: series.estimated ? "dashed" : "solid" },
        itemStyle: { color: colour },
        areaStyle: series.filled ? { color: colour, opacity: 0.1 } : undefined,
        emphasis: { focus: "series" },
        markLine: index === 0 ? marks(spec, colours) : undefined,
      };
    }),
  };
}

function bar(spec, colours) {
  const words = axis(spec.x, colours, { line: true, own: { inverse: Boolean(spec.lying), axisLabel: { color: colours["text-2"], fontSize: 11, width: spec.lying ? 140 : undefined, overflow: "truncate" } } });
  const figures = axis(spec.y, colours, { own: { name: undefined } });
  const last = spec.series.length - 1;
  return {
    legend: legend(spec, colours),
    grid: { left: 8, right: spec.lying ? 56 : 16, top: spec.series.length > 1 ? 36 : 16, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    tooltip: { ...frame(colours).tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: colours["surface-2"], opacity: 0.6 } }, formatter: byCategory(spec) },
    xAxis: spec.lying ? figures : words,
    yAxis: spec.lying ? words : figures,
    series: spec.series.map((series, index) => ({
      type: "bar",
      name: series.name,
      stack: spec.stacked ? "all" : undefined,
      barMaxWidth: 40,
      barGap: "12%",
      cursor: "pointer",
      itemStyle: { color: colours.of(series.role, index), borderRadius: spec.stacked ? 0 : 2 },
      data: valuesOf(series).map((value, at) => ({ ...value, itemStyle: series.roles ? { color: colours.of(series.roles[at], at) } : undefined })),
      label: spec.labels && (!spec.stacked || index === last) ? { show: true, position: spec.lying ? "right" : "top", color: colours.text, fontSize: 11, formatter: ({ data }) => figure(data.shown, spec.y) } : undefined,
      markLine: index === 0 ? marks(spec, colours) : undefined,
    })),
  };
}

// Steps from a sum to a sum: what takes away hangs from the level before it. On a narrow page the steps lie.
function waterfall(spec, colours, width) {
  const lying = width < 520;
  let level = 0;
  const steps = spec.steps.map((step) => {
    const from = step.total ? 0 : level;
    level = step.total ? step.value : level + step.value;
    return { ...step, from: Math.min(from, level), length: Math.abs(level - from) };
  });
  const colour = (step) => (step.total ? colours.accent : step.value < 0 ? colours.bad : colours.good);
  const stripes = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -0.7, color: colours.surface };
  const names = steps.map((step) => (step.estimated ? `${step.label} ~` : step.label));
  const own = lying ? { inverse: true } : { axisLabel: { color: colours["text-2"], fontSize: 11, interval: 0, width: 84, overflow: "break" } };
  const words = axis({ categories: names }, colours, { own });
  const figures = axis(spec.y, colours, { own: { name: undefined, max: spec.y.max ?? "dataMax", axisLabel: { show: false }, splitLine: { show: false } } });
  return {
    grid: { left: 8, right: lying ? 52 : 8, top: lying ? 0 : 24, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    tooltip: {
      ...frame(colours).tooltip,
      trigger: "item",
      formatter: ({ dataIndex }) => tip(steps[dataIndex].label, [[spec.y.label, figure(steps[dataIndex].value, spec.y)], ...(steps[dataIndex].notes ?? [])]),
    },
    xAxis: lying ? figures : words,
    yAxis: lying ? words : figures,
    series: [
      { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: steps.map((step) => step.from), tooltip: { show: false } },
      {
        type: "bar",
        stack: "all",
        barCategoryGap: "28%",
        data: steps.map((step) => ({
          value: step.length,
          href: step.href,
          itemStyle: { color: colour(step), opacity: step.total ? 1 : 0.72, borderRadius: 2, decal: step.estimated ? stripes : undefined },
        })),
        label: { show: true, position: lying ? "right" : "top", color: colours.text, fontSize: 11, formatter: ({ dataIndex }) => figure(steps[dataIndex].value, spec.y) },
      },
    ],
  };
}

// Where it is narrow, words break rather than run over the next column.
function sankey(spec, colours, width) {
  const roles = new Map(spec.nodes.map((node, index) => [node.name, colours.of(node.role, index)]));
  return {
    series: [
      {
        type: "sankey",
        animation: false,
        left: 4,
        right: 4,
        top: 8,
        bottom: 8,
        nodeGap: 12,
        nodeWidth: 12,
        draggable: false,
        emphasis: { focus: "adjacency" },
        label: { color: colours.text, fontSize: 11, lineHeight: 13, width: width < NARROW_FLOW ? Math.round(width / 5) : undefined, overflow: "break" },
        labelLayout: { hideOverlap: true },
        lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
        data: spec.nodes.map((node) => ({ name: node.name, href: node.href, itemStyle: { color: roles.get(node.name), borderWidth: 0 }, label: node.last ? { position: "left" } : undefined })),
        links: spec.links,
        tooltip: {
          formatter: ({ dataType, data, value, name }) =>
            dataType === "edge" ? tip(`${data.source} → ${data.target}`, [[spec.y?.label ?? "", figure(data.value, spec.y)]]) : tip(name, [[spec.y?.label ?? "", figure(value, spec.y)]]),
        },
      },
    ],
  };
}

function heat(spec, colours) {
  const values = spec.cells.map((cell) => cell.value).filter((value) => value !== null);
  return {
    grid: { left: 8, right: 8, top: 8, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: axis(spec.x, colours),
    yAxis: axis(spec.y, colours, { own: { inverse: true } }),
    visualMap: { show: false, min: Math.min(...values), max: Math.max(...values), inRange: { color: [colours["surface-2"], colours.accent] } },
    series: [
      {
        type: "heatmap",
        itemStyle: { borderColor: colours.surface, borderWidth: 2, borderRadius: 3 },
        data: spec.cells.map((cell) => ({ value: [cell.x, cell.y, cell.value], href: cell.href, cell })),
        tooltip: { formatter: ({ data }) => tip(`${spec.y.categories[data.cell.y]} · ${spec.x.categories[data.cell.x]}`, [[spec.value.label, figure(data.cell.value, spec.value)]]) },
      },
    ],
  };
}
