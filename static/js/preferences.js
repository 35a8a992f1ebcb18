// Brightness, folded navigation, row height: changed at once, kept by the server or in a cookie.
import { on, remember } from "./page.js";

const root = document.documentElement;

on("click", "[data-theme-form] button[name=theme]", (button, event) => {
  event.preventDefault();
  const form = button.form;
  const theme = button.value;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const other of document.querySelectorAll("[data-theme-form] button[name=theme]")) {
    other.setAttribute("aria-pressed", String(other.value === theme));
  }
  const sent = new FormData(form);
  sent.set("theme", theme);
  fetch(form.action, { method: "POST", body: sent, redirect: "manual", credentials: "same-origin" });
  document.dispatchEvent(new CustomEvent("kcrm:theme"));
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  document.dispatchEvent(new CustomEvent("kcrm:theme"));
});

on("click", "[data-fold-navigation]", (button) => {
  const narrow = root.dataset.navigation !== "narrow";
  if (narrow) root.dataset.navigation = "narrow";
  else delete root.dataset.navigation;
  button.setAttribute("aria-pressed", String(narrow));
  remember("kcrm_navigation", narrow ? "narrow" : "wide");
});

on("click", "[data-density]", (button) => {
  const compact = root.dataset.density !== "compact";
  if (compact) root.dataset.density = "compact";
  else delete root.dataset.density;
  button.setAttribute("aria-pressed", String(compact));
  remember("kcrm_density", compact ? "compact" : "normal");
});
