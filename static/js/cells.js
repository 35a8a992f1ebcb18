// Cells of a list that are changed in their place: a double click, or Enter on a chosen cell; Escape leaves it as it was.
import { isTyping, on, sentence } from "./page.js";
import { toast } from "./toasts.js";

/** The heading that says that the cells below it can be changed. */
function headingOf(cell) {
  return cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
}

function nameOf(cell) {
  return headingOf(cell)?.dataset.edit ?? "";
}

function open(cell) {
  const name = nameOf(cell);
  const page = cell.closest("tr").querySelector("td a[href]")?.getAttribute("href");
  if (!name || !page || cell.querySelector("[data-cell-form]")) return;
  cell.dataset.cellUrl = `${page}cells/${name}/`;
  request(cell, cell.dataset.cellUrl);
}

async function request(cell, url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) {
    toast(sentence(answer?.status === 403 ? "forbidden" : "failed"), "error");
    return;
  }
  cell.innerHTML = await answer.text();
  window.htmx.process(cell);
  arrive(cell);
}

function choose(cell) {
  cell.tabIndex = -1;
  cell.classList.add("is-editable");
  cell.focus({ preventScroll: true });
}

on("dblclick", "table[data-rows] tbody td", (cell, event) => {
  if (event.target.closest("a, input, button, select")) return;
  open(cell);
});

on("click", "table[data-rows] tbody td", (cell, event) => {
  if (nameOf(cell) && !event.target.closest("a, input, button, select")) choose(cell);
});

on("click", "[data-cell-cancel]", (button) => leave(button.closest("td")));

function leave(cell) {
  request(cell, `${cell.dataset.cellUrl}?shown`);
}

/** The next cell of the row that can be changed, in this direction. */
function beside(cell, step) {
  for (let next = cell; next; ) {
    next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
    if (next && nameOf(next)) return next;
  }
  return null;
}

// With a row chosen by j and k: arrows walk its cells, Enter opens one.
document.addEventListener("keydown", (event) => {
  const cell = document.activeElement?.closest?.("table[data-rows] tbody td");
  if (!cell) return;
  if (event.key === "Escape" && cell.querySelector("[data-cell-form]")) {
    event.preventDefault();
    leave(cell);
    return;
  }
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const next = beside(cell, event.key === "ArrowRight" ? 1 : -1);
    if (next) {
      event.preventDefault();
      choose(next);
    }
  } else if (event.key === "Enter" && document.activeElement === cell) {
    event.preventDefault();
    open(cell);
  }
});

// The form takes the caret; after it the cell has it again, so that the next arrow goes on from here.
function arrive(cell) {
  const control = cell.querySelector("[data-cell-form] :is(select, input:not([type=hidden]))");
  if (control) control.focus();
  else choose(cell);
}

document.addEventListener("htmx:afterSwap", (event) => {
  const cell = event.detail.target;
  if (cell instanceof HTMLElement && cell.matches("td[data-cell-url]")) arrive(cell);
});
