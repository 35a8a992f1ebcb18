// Short notices: from the page, from a response header, from another module.
import { on, whenArrived } from "./page.js";

const STAY = 7000;
const ICONS = /^(success|info|warning|error)$/;

/** Shows a notice; errors stay until they are dismissed. */
export function toast(text, level = "info") {
  const template = document.getElementById("toast-template");
  const box = document.getElementById("toasts");
  if (!template || !box || !text) return;
  const notice = template.content.firstElementChild.cloneNode(true);
  notice.classList.add(`toast-${ICONS.test(level) ? level : "info"}`);
  notice.querySelector(".toast-text").textContent = text;
  // an open dialog covers the page, so the notice appears in front of it
  (document.querySelector("dialog[open]") ?? document.body).append(box);
  box.append(notice);
  schedule(notice);
}

function schedule(notice) {
  if (notice.matches(".toast-error, .toast-warning")) return;
  let timer = setTimeout(() => notice.remove(), STAY);
  notice.addEventListener("pointerenter", () => clearTimeout(timer));
  notice.addEventListener("focusin", () => clearTimeout(timer));
  notice.addEventListener("pointerleave", () => {
    timer = setTimeout(() => notice.remove(), STAY / 2);
  });
}

on("click", "[data-dismiss]", (button) => button.closest("[data-toast], .alert")?.remove());

whenArrived((root) => {
  for (const notice of root.querySelectorAll("#toasts [data-toast]")) schedule(notice);
});

// HX-Trigger: {"toast": {"text": "...", "level": "success"}}
document.addEventListener("toast", (event) => toast(event.detail?.text ?? event.detail?.value, event.detail?.level));
