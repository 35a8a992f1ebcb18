// Dialogs and the sheet in which a figure explains itself.
import { on, sentence } from "./page.js";

const sheet = document.getElementById("sheet");

on("click", "[data-open-dialog]", (button) => {
  const dialog = document.getElementById(button.dataset.openDialog);
  button.closest("details[data-menu]")?.removeAttribute("open");
  dialog?.showModal();
});

on("click", "[data-close-dialog]", (button) => button.closest("dialog")?.close());

// A click on the shade behind a dialog closes it.
on("click", "dialog", (dialog, event) => {
  if (event.target !== dialog) return;
  const place = dialog.getBoundingClientRect();
  const inside =
    event.clientX >= place.left && event.clientX <= place.right && event.clientY >= place.top && event.clientY <= place.bottom;
  if (!inside) dialog.close();
});

// A link with data-sheet opens its page in the sheet; with a modifier key it stays an ordinary link.
on("click", "a[data-sheet]", async (link, event) => {
  if (!sheet || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const body = sheet.querySelector("#sheet-body");
  sheet.querySelector("#sheet-title").textContent = link.dataset.sheet || link.title || link.textContent.trim();
  sheet.querySelector("#sheet-page").href = link.href;
  body.replaceChildren(skeleton());
  if (!sheet.open) sheet.showModal();
  try {
    body.replaceChildren(...(await contentOf(link.href)));
    window.htmx?.process(body);
    body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: body } }));
  } catch {
    body.textContent = sentence("failed");
  }
});

// The fragment that the page answers with, or the content of a whole page where it has no fragment.
async function contentOf(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "sheet-body" }, credentials: "same-origin" });
  if (answer.redirected && answer.url.includes("/accounts/login/")) window.location.assign(url);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return (page.getElementById("main") ?? page.body).childNodes;
}

function skeleton() {
  const box = document.createElement("div");
  box.className = "skeleton";
  box.setAttribute("aria-hidden", "true");
  for (let line = 0; line < 6; line += 1) box.append(document.createElement("span"));
  return box;
}

// A button with data-confirm asks in the product's own dialog when there is one, else in the browser's.
on(
  "submit",
  "form",
  (form, event) => {
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  },
  true,
);
