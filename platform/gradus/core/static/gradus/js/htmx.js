// htmx: the CSRF token on every unsafe request, and words when a request fails.
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value
  ?? document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers } = event.detail;
  const value = token();
  if (verb !== "get" && value) headers["X-CSRFToken"] = value;
});

const say = (text, tone = "error") =>
  document.dispatchEvent(new CustomEvent("gradus:toast", { detail: { text, tone } }));
const words = document.getElementById("htmx-words")?.dataset ?? {};

// A refusal that comes with a page fragment (HX-Retarget, or a form with its errors) is shown where it belongs.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 422 || (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget"))) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Trigger")?.includes("gradus:toast")) return; // the server chose its own words
  const known = { 403: words.denied, 404: words.missing, 409: words.stale, 429: words.limited };
  say(known[xhr.status] || words.failed);
});
document.addEventListener("htmx:sendError", () => say(words.offline));

// What went wrong is told first: [data-focus] takes the focus of a page that comes back with it, and after a swap.
document.querySelector("body:not([data-sample]) [data-focus]")?.focus();
document.addEventListener("htmx:afterSettle", (event) => {
  event.detail.elt?.querySelector?.("[data-focus]")?.focus();
});
