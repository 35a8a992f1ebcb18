// Small words that the behaviours share.

/** The sentence of this name in the reader's language, from the page. */
export function sentence(name) {
  return document.getElementById("sentences")?.dataset[name] ?? "";
}

/** Runs `act(element, event)` when the event happens in an element that matches, now or later. */
export function on(type, selector, act, options) {
  document.addEventListener(
    type,
    (event) => {
      const found = event.target instanceof Element ? event.target.closest(selector) : null;
      if (found) act(found, event);
    },
    options,
  );
}

/** Runs `act(root)` for the page and for each fragment that arrives. */
export function whenArrived(act) {
  act(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) act(event.detail.elt);
  });
}

/** All elements of the root that match, the root itself included. */
export function all(root, selector) {
  const inside = [...root.querySelectorAll(selector)];
  return root instanceof Element && root.matches(selector) ? [root, ...inside] : inside;
}

/** Keeps a small choice of the reader for a year, so that the server draws the next page in it. */
export function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
}

/** Whether a key press belongs to what is being typed. */
export function isTyping(event) {
  const target = event.target;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
