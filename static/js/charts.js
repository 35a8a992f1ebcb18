// Loads the drawing of charts only on pages that have one.
import { all, whenArrived } from "./page.js";

whenArrived((root) => {
  const charts = all(root, "[data-chart]");
  if (charts.length) import("./charts/mount.js").then(({ mount }) => charts.forEach(mount));
});
