// Figures in the reader's language, written as the server writes them.

const language = document.documentElement.lang || "en";
const isChinese = language.startsWith("zh");
const known = new Map();

function numbers(options) {
  const key = JSON.stringify(options);
  if (!known.has(key)) known.set(key, new Intl.NumberFormat(language, options));
  return known.get(key);
}

/** A figure in the manner of its axis: {format: number|percent|money|day|month, digits, currency}. */
export function figure(value, axis = {}) {
  if (value === null || value === undefined) return "–";
  const digits = axis.digits ?? 0;
  const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  switch (axis.format) {
    case "percent":
      return `${minus(numbers(fixed).format(value * 100))}${isChinese ? "" : "\u00a0"}%`;
    case "money":
      return minus(numbers({ ...fixed, style: "currency", currency: axis.currency }).format(value));
    case "day":
      return new Date(value).toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" });
    case "month":
      return new Date(value).toLocaleDateString(language, { month: "short", year: "numeric" });
    case "text":
      return String(value);
    default:
      return minus(numbers(fixed).format(value));
  }
}

/** The same, short enough for an axis. */
export function tick(value, axis = {}) {
  if (axis.format === "percent") return figure(value, { ...axis, digits: 0 });
  if (axis.format === "day" || axis.format === "month" || axis.format === "text") return figure(value, axis);
  if (Math.abs(value) < 10_000) return minus(numbers({ maximumFractionDigits: axis.digits ?? 2 }).format(value));
  return minus(numbers({ notation: "compact", maximumFractionDigits: 1 }).format(value));
}

function minus(text) {
  return text.replace("-", "\u2212");
}

/** The explanation of a point as an element: classes only, as the policy of the page allows no inline style. */
export function tip(title, lines) {
  const box = document.createElement("div");
  const head = document.createElement("b");
  head.textContent = title;
  const list = document.createElement("dl");
  for (const [term, text] of lines) {
    if (text === undefined || text === "") continue;
    list.append(
      Object.assign(document.createElement("dt"), { textContent: term }),
      Object.assign(document.createElement("dd"), { textContent: text }),
    );
  }
  box.append(head, list);
  return box;
}
