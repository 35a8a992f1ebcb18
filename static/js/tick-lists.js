// A long list of ticks gets a box that narrows it and says how many are chosen; Enter there ticks the first that shows.
import { all, sentence, whenArrived } from "./page.js";

const LONG = 13;
const LISTS = ".field > div:has(> div > label > input[type=checkbox])";

whenArrived((root) => all(root, LISTS).forEach(equip));

function equip(list) {
  const ticks = [...list.querySelectorAll(":scope > div > label > input[type=checkbox]")];
  if (ticks.length < LONG || list.previousElementSibling?.matches("[data-tick-find]")) return;
  const find = document.createElement("input");
  find.type = "search";
  find.autocomplete = "off";
  find.placeholder = sentence("find");
  find.setAttribute("aria-label", sentence("find"));
  find.setAttribute("aria-controls", list.id);
  const count = document.createElement("span");
  count.className = "muted small";
  count.setAttribute("role", "status");
  const bar = document.createElement("div");
  bar.className = "tick-find";
  bar.dataset.tickFind = "";
  bar.append(find, count);
  list.before(bar);

  const rows = ticks.map((tick) => ({ tick, row: tick.closest("label").parentElement, words: plain(tick.closest("label").textContent) }));
  const tell = () => {
    count.textContent = sentence("chosen").replace("{count}", ticks.filter((tick) => tick.checked).length);
  };
  find.addEventListener("input", () => {
    const sought = plain(find.value);
    for (const one of rows) one.row.hidden = !one.words.includes(sought);
  });
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const first = find.value.trim() && rows.find((one) => !one.row.hidden);
    if (!first) return;
    if (!first.tick.checked) first.tick.click();
    find.select();
  });
  list.addEventListener("change", tell);
  tell();
}

// Letters without case and accents, so that "Konig" finds "Königlich".
function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").trim().toLowerCase();
}
