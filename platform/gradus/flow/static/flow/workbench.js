// Shows the bar of bulk transitions while rows are chosen. The listing replaces its table on search, so listen above it.
const bar = document.querySelector("[data-bulk]");
const phone = matchMedia("(width < 50rem)");
let kept = { ids: new Set(), match: "", everything: false };

function update() {
  const items = [...document.querySelectorAll("[data-bulk-item]")];
  const chosen = items.filter((item) => item.checked).length;
  const everything = offerEverything(chosen > 0 && chosen === items.length);
  bar.hidden = chosen === 0;
  bar.querySelector("[data-bulk-count]").textContent = String(chosen);
  bar.querySelector(".g-bulk__count").hidden = Boolean(everything?.checked);
  kept = {
    ids: new Set(items.filter((item) => item.checked).map((item) => item.value)),
    match: bar.querySelector("[name=match]")?.value,
    everything: Boolean(everything?.checked),
  };
  const all = document.querySelector("[data-bulk-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === items.length;
    all.indeterminate = chosen > 0 && chosen < items.length;
  }
}

// The listing says how many match; once all of a page are chosen, the bar offers the rest.
function offerEverything(wholePage) {
  const slot = bar.querySelector("[data-bulk-slot]");
  const fresh = document.querySelector("#listing-results [data-bulk-everything]");
  if (fresh) slot.replaceChildren(fresh);
  const offer = slot.querySelector("[data-bulk-everything]");
  if (!offer) return null;
  const box = offer.querySelector("input[type=checkbox]");
  offer.hidden = !wholePage;
  if (!wholePage) box.checked = false;
  return box;
}

// Other rows, other steps.
function offerMoves() {
  const fresh = document.querySelector("#listing-results template[data-bulk-fresh]");
  if (fresh) bar.querySelector("[data-bulk-moves]").replaceChildren(fresh.content.cloneNode(true));
  fold();
}

// Where there is room, everything is in sight and there is nothing to unfold.
function fold() {
  const more = bar.querySelector("[data-bulk-more]");
  if (more) more.open = !phone.matches;
}

// A search field asks once more when it is left, which is when a row is ticked: what is still listed stays chosen.
function replaced() {
  offerMoves();
  const fresh = document.querySelector("#listing-results [data-bulk-everything]");
  if (!fresh) bar.querySelector("[data-bulk-slot]").replaceChildren();
  document.querySelectorAll("[data-bulk-item]").forEach((item) => {
    item.checked = kept.ids.has(item.value);
  });
  if (fresh && fresh.querySelector("[name=match]").value === kept.match) {
    fresh.querySelector("[name=all]").checked = kept.everything;
  }
  update();
}

// What came into the queue brings its new count, for the tab and for the menu.
function count() {
  const news = document.querySelector("#queue-news[data-waiting]");
  const tab = document.querySelector(".g-bench-tabs .g-count");
  const entry = news && document.querySelector(`.sidebar a[href="${news.dataset.menu}"] .menuitem-label`);
  if (news && tab) tab.textContent = news.dataset.waiting;
  if (entry?.firstChild) entry.firstChild.data = news.dataset.counted;
}
document.addEventListener("live:shown", count);

if (bar) {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-bulk-all]")) {
      document.querySelectorAll("[data-bulk-item]").forEach((item) => {
        item.checked = event.target.checked;
      });
    }
    if (event.target.matches("[data-bulk-all], [data-bulk-item], [data-bulk] input, [name=all]")) update();
  });
  document.addEventListener("w-swap:success", replaced);
  document.addEventListener("htmx:afterSettle", update);
  phone.addEventListener("change", fold);
  fold();
  update();
}
