// Requests of htmx: a thin line while they run, a sentence when they fail, what was typed stays.
import { sentence } from "./page.js";
import { toast } from "./toasts.js";

let running = 0;

function count(step) {
  running = Math.max(0, running + step);
  document.documentElement.classList.toggle("is-loading", running > 0);
}

document.addEventListener("htmx:beforeRequest", () => count(1));
document.addEventListener("htmx:afterRequest", () => count(-1));

// Empty filters do not belong in the address.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters, formData } = event.detail;
  if (verb !== "get") return;
  for (const name of [...new Set(Object.keys(parameters))]) {
    if (parameters[name] === "") formData ? formData.delete(name) : delete parameters[name];
  }
});

// A session that ended answers with the sign-in page: go there as a page, and come back.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.xhr.responseURL.includes("/accounts/login/")) return;
  event.detail.shouldSwap = false;
  window.location.reload();
});

// A form that came back with its errors (422) is shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const isPage = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
  if ((xhr.status === 422 || xhr.status === 409) && isPage && event.detail.requestConfig.verb !== "get") {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

const SENTENCES = { 401: "signedOut", 403: "forbidden", 404: "missing", 409: "conflict", 412: "conflict", 429: "busy", 503: "busy" };

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, target } = event.detail;
  const text = sentence(SENTENCES[xhr.status] ?? "failed") || sentence("failed");
  if (target?.matches("[data-fragment]")) explain(target, text, event.detail.requestConfig);
  else toast(text, "error");
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const { target } = event.detail;
    if (target?.matches("[data-fragment]")) explain(target, sentence("offline"), event.detail.requestConfig);
    else toast(sentence("offline"), "error");
  });
}

// A fragment that could not load says so in its own place and offers another try.
function explain(target, text, request) {
  const note = document.createElement("p");
  note.className = "fragment-error";
  note.textContent = `${text} `;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "link-btn";
  again.textContent = sentence("retry");
  again.addEventListener("click", () => window.htmx.ajax("GET", request.path, { target, swap: "innerHTML" }));
  note.append(again);
  target.replaceChildren(note);
}
