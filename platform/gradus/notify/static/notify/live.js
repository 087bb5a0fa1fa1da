/* Live updates. An element says what it shows and where its fresh version is:
 *
 *   <div data-live="requests.request:12" data-live-version="3" data-live-token="..."
 *        hx-get="/requests/12/status/" hx-trigger="live" hx-swap="outerHTML">
 *
 * When the server announces a newer version the element gets a `live` event, and htmx fetches it again (without htmx
 * this module does). Where sockets are blocked the page asks by itself every now and then. */

const PATH = "/ws/live/";
const POLL_EVERY = 15_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const NOT_SIGNED_IN = 4401;

let socket = null;
let pause = FIRST_PAUSE;
let connectedBefore = false;
let heard = new Set();

const elements = () => [...document.querySelectorAll("[data-live]")];
const isOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;

async function fetchAgain(element) {
  const answer = await fetch(element.getAttribute("hx-get"), { headers: { "HX-Request": "true" } });
  if (answer.ok && answer.status !== 204 && !answer.redirected) {
    element.outerHTML = await answer.text();
    listen();
  }
}

function refresh(element) {
  if (window.htmx) {
    element.dispatchEvent(new CustomEvent("live"));
  } else if (element.hasAttribute("hx-get")) {
    fetchAgain(element).catch(() => {});
  }
}

function announce({ type, id, version }) {
  for (const element of elements()) {
    const shown = Number(element.dataset.liveVersion ?? -1);
    if (element.dataset.live === `${type}:${id}` && shown < version) {
      refresh(element);
    }
  }
}

/* Tells the server about elements that came with the page or with a later swap. */
function listen() {
  if (!isOpen()) {
    return;
  }
  const tokens = elements().map((element) => element.dataset.liveToken).filter((token) => token && !heard.has(token));
  if (tokens.length) {
    tokens.forEach((token) => heard.add(token));
    socket.send(JSON.stringify({ listen: [...new Set(tokens)] }));
  }
}

function opened() {
  pause = FIRST_PAUSE;
  heard = new Set();
  listen();
  if (connectedBefore) {
    elements().forEach(refresh); // something may have changed while nobody was listening
  }
  connectedBefore = true;
}

function closed(event) {
  socket = null;
  if (event.code === NOT_SIGNED_IN) {
    return;
  }
  const spread = 0.5 + Math.random(); // after a restart, not everybody at once
  window.setTimeout(connect, pause * spread);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function connect() {
  if (socket !== null || elements().length === 0) {
    return;
  }
  const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${window.location.host}${PATH}`);
  socket.addEventListener("open", opened);
  socket.addEventListener("close", closed);
  socket.addEventListener("message", (event) => announce(JSON.parse(event.data)));
}

function poll() {
  if (!isOpen() && !document.hidden) {
    elements().forEach(refresh);
  }
}

/* A fragment nobody asked for by hand fails without a word: the next event or look brings it. */
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  const silence = (event) => event.target.closest?.("[data-live]") && event.stopImmediatePropagation();
  document.addEventListener(failure, silence, { capture: true });
}

document.addEventListener("htmx:load", () => {
  connect();
  listen();
});
window.addEventListener("online", connect);
window.setInterval(poll, POLL_EVERY);
connect();
