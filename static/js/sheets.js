// A score sheet that is typed like a spreadsheet: arrows, Enter, Tab, a pasted block, undo, totals that live.
// Each cell is kept by itself under its own version; what could not be kept stays in the cell and in this browser.
import { all, on, whenArrived } from "./page.js";

const WAIT = 500;
const RETRY = 5000;
const EDGE = new Set(["ArrowLeft", "ArrowRight"]);

whenArrived((root) => all(root, "table[data-score-sheet]").forEach(start));

function start(table) {
  const words = table.dataset;
  const grid = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input[data-cell]")]);
  const cells = grid.flat();
  if (!cells.length) return;
  const form = table.closest("form");
  const state = document.getElementById(words.stateId);
  const about = document.getElementById(words.aboutId);
  const draft = `sheet:${words.user}:${words.scoreSheet}`;
  const undone = [];
  const waiting = new Map();
  let timer = 0;
  let sending = false;
  let current = null;

  form.querySelector("[data-sheet-save]")?.setAttribute("hidden", "");
  for (const cell of cells) {
    cell.kept = cell.value;
    cell.before = cell.value;
    decorate(cell);
  }
  restore();
  grid.forEach((_, row) => total(row));

  function place(cell) {
    const row = grid.findIndex((line) => line.includes(cell));
    return [row, grid[row].indexOf(cell)];
  }

  function go(row, column) {
    const cell = grid[row]?.[column];
    cell?.focus();
    return Boolean(cell);
  }

  // Totals: the weighted mean over what is scored, measured factors included, and how much of the weight that is.
  function total(row) {
    let sum = 0, scored = 0, whole = 0;
    for (const part of table.tBodies[0].rows[row].querySelectorAll("[data-weight]")) {
      const weight = Number(part.dataset.weight);
      const score = part.matches("input") ? number(part.value) : Number.parseFloat(part.dataset.score);
      whole += weight;
      if (Number.isFinite(score)) {
        sum += weight * score;
        scored += weight;
      }
    }
    const line = table.tBodies[0].rows[row];
    line.querySelector("[data-total]").textContent = scored ? shown(sum / scored, 2) : "–";
    line.querySelector("[data-coverage]").textContent = shown(whole ? (100 * scored) / whole : 0, 0) + "%";
    const left = cells.filter((cell) => !cell.value.trim()).length;
    const note = document.getElementById(words.leftId);
    if (note) note.textContent = left ? words.left.replace("0", left) : words.done;
  }

  function number(text) {
    const plain = text.trim().normalize("NFKC").replace(",", ".");
    const value = /^\d{1,2}(\.\d{1,2})?$/.test(plain) ? Number(plain) : NaN;
    return value >= 1 && value <= 10 ? value : NaN;
  }

  function isGood(text) {
    const plain = text.trim().normalize("NFKC");
    return plain === "" || plain === "?" || Number.isFinite(number(plain));
  }

  function shown(value, places) {
    return new Intl.NumberFormat(document.documentElement.lang, {
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    }).format(value);
  }

  // What changes a cell, by hand or by a block; `step` is one undo.
  function put(cell, text) {
    cell.value = text;
    typed(cell);
  }

  function typed(cell) {
    cell.closest("td").dataset.state = isGood(cell.value) ? "waiting" : "bad";
    cell.title = isGood(cell.value) ? "" : words.bad;
    cell.setAttribute("aria-invalid", String(!isGood(cell.value)));
    total(place(cell)[0]);
    if (isGood(cell.value)) queue(cell);
    else waiting.delete(cell);
    save();
  }

  function queue(cell) {
    waiting.set(cell, true);
    clearTimeout(timer);
    timer = setTimeout(send, WAIT);
    say("waiting");
  }

  // What is typed and not kept yet also lies in this browser, so that a lost line loses nothing.
  function save() {
    const open = Object.fromEntries(
      cells.filter((cell) => cell.value !== cell.kept).map((cell) => [cell.name, [cell.value, cell.dataset.version]]),
    );
    try {
      if (Object.keys(open).length) localStorage.setItem(draft, JSON.stringify(open));
      else localStorage.removeItem(draft);
    } catch {
      // without storage the page itself still holds it
    }
  }

  function restore() {
    let open = {};
    try {
      open = JSON.parse(localStorage.getItem(draft) ?? "{}");
    } catch {
      return;
    }
    for (const cell of cells) {
      const [text, version] = open[cell.name] ?? [];
      if (text === undefined || text === cell.value) continue;
      cell.dataset.version = version;
      put(cell, text);
    }
  }

  async function send() {
    if (sending || !waiting.size) return;
    sending = true;
    const batch = [...waiting.keys()].map((cell) => ({ cell, text: cell.value, about: cell.about }));
    waiting.clear();
    say("saving");
    const body = { cells: batch.map(({ cell, text, about: more }) => ({
      customer: Number(cell.dataset.customer),
      factor: cell.dataset.factor,
      text,
      version: Number(cell.dataset.version),
      ...more,
    })) };
    const answer = await fetch(words.url, {
      method: "POST",
      redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      body: JSON.stringify(body),
    }).catch(() => null);
    sending = false;
    if (!answer?.ok) {
      for (const { cell } of batch) waiting.set(cell, true);
      const told = answer?.status === 409 ? (await answer.json().catch(() => ({}))).problem : "";
      say("offline", told);
      if (!told) timer = setTimeout(send, RETRY);
      return;
    }
    const found = (await answer.json()).cells;
    found.forEach((kept, at) => settle(batch[at], kept));
    save();
    const stale = cells.filter((cell) => cell.closest("td").dataset.state === "stale").length;
    if (waiting.size) timer = setTimeout(send, WAIT);
    else say(stale ? "stale" : "kept");
  }

  function settle({ cell, text, about: more }, kept) {
    const td = cell.closest("td");
    if (kept.problem) {
      td.dataset.state = "bad";
      cell.title = kept.problem;
      return;
    }
    if (kept.stale) {
      conflict(cell, kept);
      return;
    }
    cell.dataset.version = kept.version;
    cell.kept = kept.text;
    if (cell.about === more) cell.about = undefined;
    if (cell.value === text) {
      cell.value = kept.text;
      delete td.dataset.state;
    } else queue(cell);
    decorate(cell);
  }

  // Somebody was faster: both numbers stand there until one is chosen.
  function conflict(cell, kept) {
    const td = cell.closest("td");
    td.dataset.state = "stale";
    td.querySelector(".sheet-stale")?.remove();
    const box = document.createElement("div");
    box.className = "sheet-stale";
    box.setAttribute("role", "group");
    const note = document.createElement("span");
    note.textContent = words.elsewhere.replace("%", kept.text || words.empty);
    const choose = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link-btn";
      button.textContent = label;
      button.addEventListener("click", () => {
        box.remove();
        delete td.dataset.state;
        cell.dataset.version = kept.version;
        cell.kept = kept.text;
        act();
        cell.focus();
      });
      return button;
    };
    box.append(
      note,
      choose(words.mine, () => typed(cell)),
      choose(words.theirs, () => {
        cell.value = kept.text;
        waiting.delete(cell);
        total(place(cell)[0]);
        save();
      }),
    );
    td.append(box);
  }

  function say(what, told = "") {
    if (!state) return;
    state.textContent = told || words[what] || "";
    state.className = `sheet-state tag ${{ kept: "tag-good", offline: "tag-bad", stale: "tag-warn" }[what] ?? ""}`;
  }

  function decorate(cell) {
    cell.closest("td").classList.toggle("has-note", Boolean(cell.dataset.note || cell.dataset.source));
  }

  function remember(changes) {
    if (changes.length) undone.push(changes);
    if (undone.length > 100) undone.shift();
  }

  function close(cell) {
    if (cell.value !== cell.before) remember([[cell, cell.before]]);
    cell.before = cell.value;
  }

  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("input[data-cell]");
    if (!cell) return;
    cell.before = cell.value;
    cell.select();
    current = cell;
    describe(cell);
  });

  table.addEventListener("focusout", (event) => {
    const cell = event.target.closest("input[data-cell]");
    if (cell) close(cell);
  });

  table.addEventListener("input", (event) => {
    const cell = event.target.closest("input[data-cell]");
    if (cell) typed(cell);
  });

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("input[data-cell]");
    if (!cell || event.isComposing) return;
    const [row, column] = place(cell);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      close(cell);
      for (const [was, text] of undone.pop() ?? []) {
        put(was, text);
        was.before = text;
        was.focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step && (!EDGE.has(event.key) || whole)) {
      event.preventDefault();
      go(row + step[0], column + step[1]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const down = event.shiftKey ? -1 : 1;
      if (!go(row + down, column)) go(down > 0 ? 0 : grid.length - 1, column + down);
    } else if (event.key === "Escape") {
      event.preventDefault();
      put(cell, cell.before);
      cell.select();
    } else if (event.key === "F2" && about) {
      event.preventDefault();
      about.querySelector("textarea, select, input")?.focus();
    }
  });

  table.addEventListener("paste", (event) => {
    const cell = event.target.closest("input[data-cell]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const [row, column] = place(cell);
    const changes = [];
    text.replace(/\r/g, "").trimEnd().split("\n").forEach((line, down) => {
      line.split("\t").forEach((part, across) => {
        const to = grid[row + down]?.[column + across];
        if (!to || to.value === part.trim()) return;
        changes.push([to, to.value]);
        put(to, part.trim());
        to.before = to.value;
      });
    });
    remember(changes);
  });

  // Evidence, source and reason of the cell that one is in.
  function describe(cell) {
    if (!about) return;
    about.hidden = false;
    about.querySelector("[data-about-title]").textContent = cell.getAttribute("aria-label");
    for (const field of about.querySelectorAll("[data-about]")) field.value = cell.dataset[field.dataset.about] ?? "";
    for (const list of about.querySelectorAll("[data-anchors]")) list.hidden = list.dataset.anchors !== cell.dataset.factor;
  }

  about?.addEventListener("input", (event) => {
    const field = event.target.closest("[data-about]");
    if (!field || !current) return;
    current.dataset[field.dataset.about] = field.value;
    const { evidence, source, note } = current.dataset;
    current.about = { evidence: evidence || "guess", source: source ?? "", note: note ?? "" };
    decorate(current);
    if (isGood(current.value)) queue(current);
  });

  about?.addEventListener("keydown", (event) => {
    if (event.key === "Escape") current?.focus();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  window.addEventListener("pagehide", () => save());
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size || sending) event.preventDefault();
  });
}

// One customer on a phone: a chosen number shows at once which word it stands for.
on("change", "[data-score-choices] input", (input) => {
  const list = input.closest("[data-score-choices]").parentElement.querySelector(".anchors");
  for (const term of list?.querySelectorAll("dt") ?? []) {
    const near = Math.abs(Number(term.textContent) - Number(input.value)) <= 1;
    term.classList.toggle("strong", near);
    term.nextElementSibling?.classList.toggle("strong", near);
  }
});

// The weights of a model: their total while one types.
function weigh() {
  for (const shown of document.querySelectorAll("[data-weight-total]")) {
    const form = document.getElementById(shown.dataset.weightTotal);
    if (!form) continue;
    let total = 0;
    for (const row of form.querySelectorAll("[data-factor-row]")) {
      if (row.querySelector("input[name$='-DELETE']")?.checked) continue;
      total += Number(row.querySelector("[data-weight-input]")?.value) || 0;
    }
    shown.textContent = new Intl.NumberFormat(document.documentElement.lang).format(total);
    shown.classList.toggle("up", total === 100);
    shown.classList.toggle("down", total !== 100);
  }
}

whenArrived(weigh);
on("input", "[data-factor-row] input", weigh);
