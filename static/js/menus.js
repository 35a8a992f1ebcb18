// Dropdown menus are <details>: this closes them by Escape, by a click elsewhere, and when another one opens.
import { on } from "./page.js";

function closeExcept(kept) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== kept && !menu.contains(kept)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeExcept(event.target.closest("details[data-menu]")));

document.addEventListener("focusin", (event) => {
  const open = document.querySelector("details[data-menu][open]");
  if (open && !open.contains(event.target)) open.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.stopPropagation();
});

// Arrow keys walk through the items, as in any menu of the desktop.
on("keydown", "details[data-menu][open]", (menu, event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const items = [...menu.querySelectorAll(".menu-item")];
  if (!items.length) return;
  event.preventDefault();
  const here = items.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(here + step + items.length) % items.length].focus();
});

// A panel that would leave the window on the left or right is hung from the other edge.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.matches("[data-menu]") || !menu.open) return;
    const panel = menu.querySelector(".menu-panel");
    const place = panel.getBoundingClientRect();
    if (place.right > document.documentElement.clientWidth) menu.classList.remove("menu-start");
    else if (place.left < 0) menu.classList.add("menu-start");
  },
  true,
);
