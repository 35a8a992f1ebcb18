// <button data-copy="text"> or <button data-copy-from="id"> puts text on the clipboard.
import { on, sentence } from "./page.js";
import { toast } from "./toasts.js";

on("click", "[data-copy], [data-copy-from]", async (button) => {
  const source = document.getElementById(button.dataset.copyFrom);
  const text = button.dataset.copy ?? source?.value ?? source?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text.trim());
    toast(sentence("copied"), "success");
  } catch {
    if (source) getSelection().selectAllChildren(source);
  }
});
