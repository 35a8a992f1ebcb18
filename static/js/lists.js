// Lists: ticking rows, the bar of what can be done with them, walking by keyboard, filters that apply themselves.
import { isTyping, on, whenArrived } from "./page.js";

function boxes(list) {
  return [...list.querySelectorAll("tbody input[name=ids]")];
}

function show(list) {
  const ticks = boxes(list);
  const chosen = ticks.filter((box) => box.checked).length;
  for (const box of ticks) box.closest("tr").classList.toggle("is-selected", box.checked);
  const every = list.querySelector("[data-select-all]");
  if (every) {
    every.checked = chosen > 0 && chosen === ticks.length;
    every.indeterminate = chosen > 0 && chosen < ticks.length;
  }
  const bar = list.querySelector("[data-bulk]");
  if (!bar) return;
  bar.classList.toggle("is-open", chosen > 0);
  const words = bar.querySelector("[data-bulk-count]");
  words.textContent = chosen === 1 ? words.dataset.one : words.dataset.many.replace("{count}", chosen);
  const matching = bar.querySelector("[data-all-matching]");
  if (matching) {
    if (chosen < ticks.length) matching.checked = false;
    matching.closest("label").hidden = chosen < ticks.length;
  }
}

on("change", "[data-select-all]", (every) => {
  const list = every.closest("[data-list]");
  for (const box of boxes(list)) box.checked = every.checked;
  show(list);
});

let last = null;

on("click", "[data-list] input[name=ids]", (box, event) => {
  const list = box.closest("[data-list]");
  const ticks = boxes(list);
  if (event.shiftKey && last && ticks.includes(last)) {
    const [from, to] = [ticks.indexOf(last), ticks.indexOf(box)].sort((a, b) => a - b);
    for (const other of ticks.slice(from, to + 1)) other.checked = box.checked;
  }
  last = box;
  show(list);
});

on("reset", "[data-bulk]", (bar) => setTimeout(() => show(bar.closest("[data-list]"))));

whenArrived((root) => {
  for (const list of root.querySelectorAll("[data-list]")) show(list);
  if (root instanceof Element && root.matches("[data-list]")) show(root);
});

// j and k move through the rows, x ticks, Enter opens (it is a link).
document.addEventListener("keydown", (event) => {
  if (!/^[jkx]$/.test(event.key) || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const rows = [...document.querySelectorAll("table[data-rows] tbody tr")];
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement?.closest?.("tr"));
  if (event.key === "x") {
    rows[here]?.querySelector("input[name=ids]")?.click();
    return;
  }
  const next = rows[Math.max(0, Math.min(rows.length - 1, here + (event.key === "j" ? 1 : -1)))];
  next.querySelector("a[href]")?.focus();
  next.scrollIntoView({ block: "nearest" });
});

// A choice in a filter applies itself; a search field waits for a pause in typing.
let pause = 0;

on("change", "form[data-autosubmit] :is(select, input:is([type=checkbox], [type=radio], [type=date]))", (field) => {
  if (field.closest("form").getAttribute("data-autosubmit") !== "search") field.form.requestSubmit();
});

on("input", "form[data-autosubmit] input[type=search]", (field) => {
  clearTimeout(pause);
  pause = setTimeout(() => field.form?.requestSubmit(), 350);
});

// The field that was typed in keeps the caret when the list around it is drawn anew.
document.addEventListener("htmx:beforeSwap", (event) => {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement) || !event.detail.target?.contains(field) || !field.id) return;
  const { id, value, selectionStart } = field;
  document.addEventListener(
    "htmx:afterSettle",
    () => {
      const again = document.getElementById(id);
      if (!again) return;
      again.focus();
      if (again.type === "search") {
        again.value = value;
        again.setSelectionRange(selectionStart, selectionStart);
      }
    },
    { once: true },
  );
});
