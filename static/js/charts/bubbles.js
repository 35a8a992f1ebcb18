// Bubbles whose area is one figure and whose ring another; hollow where little is known; with a trail and a density.

const LEAST = 9;

/** The options of a matrix of bubbles; `parts` are the pieces it shares with other charts. */
export function bubbles(spec, colours, width, { axis, legend, marks, quadrants, tip, figure }) {
  const isNarrow = width < 520;
  const most = Math.min(84, Math.max(36, width / 11));
  const size = (point) => Math.max(LEAST, (point.radius ?? 0) * most);
  const points = spec.series.flatMap((series) => series.points);
  const notes = (point) => tip(point.label, [[spec.x.label, figure(point.x, spec.x)], [spec.y.label, figure(point.y, spec.y)], ...point.notes]);
  return {
    legend: isNarrow ? { show: false } : legend(spec, colours),
    grid: { left: 12, right: 20, top: isNarrow ? 16 : 36, bottom: 12, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: axis(spec.x, colours, { line: true, plain: true, nameWidth: width - 80 }),
    yAxis: axis(spec.y, colours, { line: true, plain: true, own: { nameGap: 36 } }),
    toolbox: { show: false },
    brush: { xAxisIndex: 0, yAxisIndex: 0, brushStyle: { color: colours["accent-soft"], borderColor: colours.accent, borderWidth: 1 }, outOfBrush: { colorAlpha: 1 }, throttleType: "debounce", throttleDelay: 150 },
    series: [
      ...(spec.quadrants ? [quadrants(spec, colours)] : []),
      density(spec, colours, tip, figure),
      { type: "scatter", silent: true, data: [], markLine: marks(spec, colours), markArea: areas(spec, colours, isNarrow ? Math.round(width / 3) - 28 : undefined) },
      ...trails(points, colours),
      ...spec.series.map((series, index) => {
        const colour = colours.of(series.role, index);
        return {
          type: "scatter",
          name: series.name,
          symbol: "circle",
          z: 4,
          color: colour,
          selectedMode: "multiple",
          select: { itemStyle: { borderColor: colours.text, borderWidth: 2.5 } },
          emphasis: { scale: 1.05 },
          cursor: "pointer",
          data: series.points.map((point) => ({
            value: [point.x, point.y],
            name: point.label,
            href: point.href,
            point,
            symbolSize: size(point),
            itemStyle: outline(point, colour, colours),
            label: point.quiet ? { show: false } : undefined,
          })),
          label: { show: true, position: "top", distance: 3, formatter: "{b}", color: colours.text, fontSize: 11, textBorderColor: colours.surface, textBorderWidth: 3 },
          labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
          tooltip: { formatter: ({ data }) => notes(data.point) },
        };
      }),
      ...spec.series.map((series, index) => rings(series, colours.of(series.role, index), size)),
    ],
  };
}

// The colour carries its own transparency: an item's would make its label pale as well. Known: filled. Guessed: an empty circle. Old: a dotted line.
function outline(point, colour, colours) {
  return {
    color: point.hollow ? colours.surface : `${colour}57`,
    borderColor: colour,
    borderWidth: point.hollow ? 1.5 : 1,
    borderType: point.stale ? "dotted" : point.hollow ? "dashed" : "solid",
  };
}

function rings(series, colour, size) {
  const known = series.points.filter((point) => point.ring);
  return {
    type: "scatter",
    name: series.name,
    silent: true,
    z: 5,
    symbol: "circle",
    tooltip: { show: false },
    data: known.map((point) => ({
      value: [point.x, point.y],
      symbolSize: Math.max(3, size(point) * point.ring),
      itemStyle: point.hollow ? { color: "transparent", borderColor: colour, borderWidth: 1.5 } : { color: colour, opacity: 0.85 },
    })),
  };
}

// A thin line from a dot, where it stood first, to the bubble.
function trails(points, colours) {
  const moved = points.filter((point) => point.trail?.length > 1);
  const quiet = { color: colours["text-3"], opacity: 0.55 };
  const common = { coordinateSystem: "cartesian2d", silent: true, z: 3 };
  return [
    { ...common, type: "lines", polyline: true, lineStyle: { ...quiet, width: 1 }, data: moved.map((point) => ({ coords: point.trail })) },
    { ...common, type: "scatter", symbolSize: 5, itemStyle: quiet, data: moved.map((point) => point.trail[0]) },
  ];
}

function density(spec, colours, tip, figure) {
  const most = Math.max(1, ...spec.density.map((square) => square.count));
  return {
    type: "scatter",
    z: 1,
    symbol: "roundRect",
    symbolSize: 16,
    cursor: "default",
    data: spec.density.map((square) => ({
      value: [square.x, square.y],
      count: square.count,
      itemStyle: { color: colours["line-3"], opacity: 0.12 + 0.5 * Math.sqrt(square.count / most) },
    })),
    tooltip: { formatter: ({ data }) => tip(spec.hidden, [[spec.counted, figure(data.count)]]) },
  };
}

// Cells of a grid with a word in each corner.
function areas(spec, colours, width) {
  if (!spec.areas) return undefined;
  return {
    silent: true,
    animation: false,
    itemStyle: { color: "transparent" },
    label: { color: colours["text-3"], fontSize: 11, lineHeight: 13, position: "insideTopLeft", width, overflow: "break" },
    data: spec.areas.map((area) => [{ name: area.label, coord: area.from }, { coord: area.to }]),
  };
}
