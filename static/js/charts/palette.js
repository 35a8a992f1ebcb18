// Colours and letters of the page as it stands, for drawings that cannot use the names themselves.

const NAMES = [
  "text", "text-2", "text-3", "page", "surface", "surface-2", "line", "line-2", "line-3", "accent", "accent-soft",
  "good", "warn", "bad", "key", "develop", "maintain", "opportunistic",
  "series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7",
];

/** Every token by name, the font, and `of(role, index)` for the colour of a series. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const tokens = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  const font = getComputedStyle(document.body).fontFamily.replaceAll('"', "'"); // it goes into attributes
  const of = (role, index = 0) => tokens[role] ?? tokens[`series-${(index % 7) + 1}`];
  return { ...tokens, font, of };
}

/** Each quadrant has a shape of its own; other series take turns. */
export function shapeOf(role, index = 0) {
  const own = { key: "circle", develop: "diamond", maintain: "rect", opportunistic: "circle" };
  return own[role] ?? ["circle", "diamond", "rect", "triangle", "roundRect", "pin", "arrow"][index % 7];
}
