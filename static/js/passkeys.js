// A passkey that was refused or given up says so in a sentence.
import { sentence } from "./page.js";
import { toast } from "./toasts.js";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  toast(sentence("passkey"), "error");
});
