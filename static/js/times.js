// "5 min" stays true on a page that is left open: moments of the last day are written anew each minute.
import { sentence } from "./page.js";

function words(seconds) {
  if (seconds < 60) return sentence("now");
  if (seconds < 3600) return sentence("minutes").replace("{count}", Math.floor(seconds / 60));
  return sentence("hours").replace("{count}", Math.floor(seconds / 3600));
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = (Date.now() - new Date(time.dateTime)) / 1000;
    if (time.dateTime.includes("T") && seconds >= 0 && seconds < 86400) time.textContent = words(seconds);
  }
}, 60_000);
