// The keyboard from end to end: / search, g and a letter goes to a page, n new, j k x in lists, ? this list.
import { isTyping } from "./page.js";

let going = 0;

function firstVisible(selector) {
  return [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());
}

const KEYS = {
  "/": () => {
    const field = firstVisible("[data-shortcut-search]");
    field?.focus();
    field?.select();
    return field;
  },
  "?": () => {
    const list = document.getElementById("shortcuts");
    list?.showModal();
    return list;
  },
  n: () => {
    const link = firstVisible("[data-shortcut-new]");
    link?.click();
    return link;
  },
  g: () => {
    going = Date.now();
    return true;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  if (document.querySelector("dialog[open]")) return;
  if (Date.now() - going < 1200) {
    going = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) {
      event.preventDefault();
      place.click();
    }
    return;
  }
  if (KEYS[event.key]?.()) event.preventDefault();
});
