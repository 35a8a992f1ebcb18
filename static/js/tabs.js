// A row of tabs that is wider than the screen opens at the tab that one is on.
import { all, whenArrived } from "./page.js";

whenArrived((root) => {
  for (const row of all(root, ".tabs")) {
    const current = row.querySelector("[aria-current]");
    if (!current || row.scrollWidth <= row.clientWidth) continue;
    row.scrollLeft += current.getBoundingClientRect().left - row.getBoundingClientRect().left - row.clientWidth / 3;
  }
});
