// Names while a customer is typed: the list of the interface fills a datalist. The field works without it.
import { on } from "./page.js";

const PATIENCE = 200;
const SHORTEST = 2;
const MOST = 8;
const waiting = new WeakMap();

on("input", "[data-suggest]", (input) => {
  const before = waiting.get(input);
  clearTimeout(before?.timer);
  before?.request.abort();
  const text = input.value.trim();
  const list = listOf(input);
  if (text.length < SHORTEST || text.startsWith("#") || [...list.options].some((option) => option.value === text)) return;
  const request = new AbortController();
  waiting.set(input, { request, timer: setTimeout(() => suggest(input.dataset.suggest, text, list, request.signal), PATIENCE) });
});

function listOf(input) {
  if (input.list) return input.list;
  const list = document.createElement("datalist");
  list.id = `${input.id}-suggestions`;
  input.after(list);
  input.setAttribute("list", list.id);
  return list;
}

async function suggest(address, text, list, signal) {
  const asked = new URLSearchParams({ q: text, fields: "id,name,city", page_size: MOST });
  const answer = await fetch(`${address}?${asked}`, {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    signal,
  }).catch(() => null);
  if (!answer?.ok) return;
  const { results } = await answer.json();
  list.replaceChildren(...results.map((row) => optionOf(row, results)));
}

// A name that several share is chosen by its number.
function optionOf(row, rows) {
  const shared = rows.some((other) => other !== row && other.name === row.name);
  const option = document.createElement("option");
  option.value = shared ? `#${row.id}` : row.name;
  option.label = [shared ? row.name : "", row.city].filter(Boolean).join(", ") || row.name;
  return option;
}
