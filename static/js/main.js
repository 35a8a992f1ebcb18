// What every page can do. Each behaviour is a module of its own that waits for its data attribute;
// pages work without any of them.
import "./menus.js";
import "./tabs.js";
import "./dialogs.js";
import "./toasts.js";
import "./requests.js";
import "./shortcuts.js";
import "./preferences.js";
import "./lists.js";
import "./cells.js";
import "./sheets.js";
import "./choices.js";
import "./forms.js";
import "./times.js";
import "./copying.js";
import "./charts.js";
import "./matrix.js";
import "./passkeys.js";
