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

const words = document.getElementById("live-words")?.dataset ?? {};
const underWay = new WeakSet();
const wanted = new WeakSet();

/* The part of an answer that takes an element's place: the answer, or what `hx-select` names in it. */
function partOf(text, selector) {
  if (!selector) {
    return text;
  }
  return new DOMParser().parseFromString(text, "text/html").querySelector(selector)?.outerHTML ?? "";
}

async function fetchAgain(element) {
  const answer = await fetch(element.getAttribute("hx-get"), { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.status === 204 || answer.redirected) {
    return element;
  }
  const part = partOf(await answer.text(), element.getAttribute("hx-select"));
  if (!part) {
    return element;
  }
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  const { liveSays } = element.dataset;
  const before = element.previousElementSibling;
  const parent = element.parentElement;
  const kept = typedIn(element);
  const name = element.dataset.live;
  element.outerHTML = part;
  giveBack(kept, elements().find((fresh) => fresh.dataset.live === name));
  if (focused) {
    document.getElementById(focused)?.focus();
  }
  if (liveSays) {
    document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { text: liveSays, type: "warning", clear: true } }));
  }
  listen();
  document.dispatchEvent(new CustomEvent("live:shown", { detail: { name } }));
  return before ? before.nextElementSibling : parent?.firstElementChild;
}

/* One request at a time for each element; what is announced meanwhile is asked for afterwards. */
async function fetchInTurn(element) {
  if (underWay.has(element)) {
    wanted.add(element);
    return;
  }
  underWay.add(element);
  const now = await fetchAgain(element).catch(() => element);
  underWay.delete(element);
  if (wanted.delete(element) && now) {
    fetchInTurn(now);
  }
}

const changedByHand = (field) => {
  if (field.matches("select")) {
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  }
  if (field.matches("[type=checkbox], [type=radio]")) {
    return field.checked !== field.defaultChecked;
  }
  return field.type !== "hidden" && field.value !== field.defaultValue;
};

const FIELDS = "input:not([type=hidden]), textarea, select";
const fieldsOf = (element) => [...element.querySelectorAll(FIELDS)].filter((field) => field.name);
const isChoice = (field) => field.matches("[type=checkbox], [type=radio]");
const isText = (field) => field.matches("textarea, input") && !isChoice(field) && field.type !== "file";

/* What somebody wrote and has not sent: typed just now, or come back in a form [data-tried] that was refused. */
const isTheirs = (field) =>
  changedByHand(field) || (isText(field) && field.value !== "" && field.closest("[data-tried]") !== null);

const typedIn = (element) => fieldsOf(element).filter(isTheirs);

/* Whether somebody is writing in it: what they typed is theirs, and a fresh fragment would take it away. */
const inUse = (element) =>
  typedIn(element).length > 0 || (element.contains(document.activeElement) && isText(document.activeElement));

const actionOf = (field) => field.form?.getAttribute("action");

const sameField = (old) => (field) =>
  field.name === old.name &&
  (!isChoice(old) || field.value === old.value) &&
  (!old.form || actionOf(field) === actionOf(old));

function copy(old, field) {
  if (isChoice(field)) {
    field.checked = old.checked;
  } else if (field.matches("select")) {
    const chosen = new Set([...old.selectedOptions].map((option) => option.value));
    [...field.options].forEach((option) => { option.selected = chosen.has(option.value); });
  } else if (field.type === "file") {
    field.files = old.files;
  } else {
    field.value = old.value;
  }
  field.closest("details")?.setAttribute("open", "");
}

/* Puts what was typed into the same forms of the fresh element; texts whose form is gone are shown to be copied. */
function giveBack(kept, element) {
  const fields = element ? fieldsOf(element) : [];
  const homeless = kept.filter((old) => {
    const field = fields.find(sameField(old));
    if (field) {
      copy(old, field);
    }
    return !field;
  });
  const texts = homeless.filter(isText).map((old) => old.value).filter(Boolean);
  const callout = document.getElementById("live-kept")?.content.firstElementChild?.cloneNode(true);
  if (texts.length && element && callout) {
    callout.querySelector("[data-kept]").textContent = texts.join("\n\n");
    element.before(callout);
    callout.focus();
  }
}

const carried = new Map();
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (detail.target === target && detail.shouldSwap && target.matches?.("[data-live]")) {
    carried.set(target.dataset.live, typedIn(target));
  }
});
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const kept = carried.get(target.dataset?.live);
  if (kept) {
    carried.delete(target.dataset.live);
    giveBack(kept, target);
  }
});

/* Says that there is something newer, above what somebody is writing in, and shows it when asked to. */
function offer(element) {
  if (element.previousElementSibling?.matches("[data-live-offer]")) {
    return;
  }
  const note = document.createElement("p");
  note.className = "g-live-note";
  note.dataset.liveOffer = "";
  note.setAttribute("role", "status");
  const show = document.createElement("button");
  show.type = "button";
  show.className = "g-button g-button--s";
  show.textContent = words.show ?? "";
  show.addEventListener("click", () => {
    note.remove();
    bring(element);
  });
  element.before(note);
  note.append(words.changed ?? "", " ", show);
}

function bring(element) {
  if (window.htmx) {
    element.dispatchEvent(new CustomEvent("live"));
  } else if (element.hasAttribute("hx-get")) {
    fetchInTurn(element);
  }
}

function refresh(element) {
  if (inUse(element)) {
    offer(element);
  } else {
    bring(element);
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
  const silence = (event) => event.target.matches?.("[data-live]") && event.stopImmediatePropagation();
  document.addEventListener(failure, silence, { capture: true });
}

document.addEventListener("htmx:load", () => {
  connect();
  listen();
});
window.addEventListener("online", connect);
window.setInterval(poll, POLL_EVERY);
connect();
