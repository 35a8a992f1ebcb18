// Forms: a word before unsaved work is left, Ctrl+Enter saves, what went wrong gets the focus.
import { on, sentence, whenArrived } from "./page.js";

const changed = new WeakSet();
let leaving = false;

on("input", "form[data-guard]", (form) => changed.add(form));
on("change", "form[data-guard]", (form) => changed.add(form));
on("submit", "form", (form, event) => {
  if (!event.defaultPrevented) leaving = true;
});

function isUnsaved() {
  return !leaving && [...document.querySelectorAll("form[data-guard]")].some((form) => changed.has(form));
}

window.addEventListener("beforeunload", (event) => {
  if (isUnsaved()) event.preventDefault();
});

window.addEventListener("pageshow", () => {
  leaving = false;
});

// A fragment must not silently replace a form that somebody is writing in.
document.addEventListener("htmx:confirm", (event) => {
  const { target, elt } = event.detail;
  const form = target?.querySelector?.("form[data-guard]");
  if (!form || !changed.has(form) || form.contains(elt)) return;
  event.preventDefault();
  if (window.confirm(sentence("unsaved"))) event.detail.issueRequest(true);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.elt.matches?.("form[data-guard]")) changed.delete(event.detail.elt);
  leaving = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form[data-guard]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

whenArrived((root) => root.querySelector("[data-form-errors]")?.focus());

// A form is sent once, however often its button is pressed.
on("submit", "form[method=post]:not([data-theme-form], [hx-post])", (form, event) => {
  if (event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 4000);
});
