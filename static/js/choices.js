// A value that is typed ticks the box before it: whoever writes one wants it changed.
import { on } from "./page.js";

for (const type of ["input", "change"]) {
  on(type, "[data-choice] [data-choice-value]", (control) => {
    control.closest("[data-choice]").querySelector("input[type=checkbox]").checked = true;
  });
}
