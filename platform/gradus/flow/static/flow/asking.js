// Fields that are asked only under a condition appear and disappear as one answers. The server decides which are asked;
// until it answers, and when it does not, what was shown stays. Without this script all of them are there.
const WAIT = 250;
const busy = new WeakMap(); // by form: the timer and the request under way

const markOf = (form) => form?.querySelector?.("[data-asking]");
const words = (mark, name) => mark.dataset[name].split(" ").filter(Boolean);
const namesOf = (name) => [name, `${name}-chosen`, `${name}-staged`];

function boxOf(form, name) {
  const control = [...form.elements].find((each) => namesOf(name).includes(each.name));
  return control?.closest(".g-field, [data-field-wrapper]");
}

const labelOf = (box) => {
  const label = box.querySelector("legend, label")?.cloneNode(true);
  for (const more of label?.querySelectorAll(".g-label__optional, .w-required-mark") ?? []) more.remove();
  return label?.textContent.trim().replace(/\s*\*$/, "") ?? "";
};

// A field somebody is in is not taken away from under them: it goes when they leave it.
function show(form, aloud = true) {
  const mark = markOf(form);
  const shown = words(mark, "shown");
  const changed = { more: [], less: [] };
  for (const name of words(mark, "fields")) {
    const box = boxOf(form, name);
    const hide = !shown.includes(name);
    if (!box || box.hidden === hide || (hide && box.contains(document.activeElement))) continue;
    box.hidden = hide;
    changed[hide ? "less" : "more"].push(labelOf(box));
  }
  if (!aloud) return;
  const said = Object.entries(changed).filter(([, labels]) => labels.length);
  if (said.length) mark.textContent = said.map(([way, labels]) => `${mark.dataset[way]} ${labels.join(", ")}.`).join(" ");
}

function filledIn(form, mark) {
  const names = new Set([...words(mark, "reads").flatMap(namesOf), "csrfmiddlewaretoken"]);
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (names.has(name) && typeof value === "string") body.append(name, value);
  }
  return body;
}

async function ask(form) {
  const mark = markOf(form);
  if (!mark) return;
  busy.get(form)?.controller?.abort();
  const controller = new AbortController();
  busy.set(form, { controller });
  try {
    const body = filledIn(form, mark);
    const answer = await fetch(mark.dataset.asking, { method: "POST", body, signal: controller.signal });
    if (!answer.ok) return;
    mark.dataset.shown = (await answer.json()).asked.join(" ");
    show(form);
  } catch {
    // Nobody answered: what was shown stays, and the server decides when the form is sent.
  }
}

function changed(event) {
  const form = event.target.form;
  const mark = markOf(form);
  if (!mark || !words(mark, "reads").flatMap(namesOf).includes(event.target.name)) return;
  clearTimeout(busy.get(form)?.timer);
  busy.set(form, { ...busy.get(form), timer: setTimeout(ask, WAIT, form) });
}

function equip(root) {
  for (const mark of root.querySelectorAll?.("[data-asking]") ?? []) {
    const form = mark.closest("form");
    if (form) show(form, false);
  }
}

// A browser that comes back to a page fills in what was there; the server has not seen that.
function isAltered(control) {
  if (control.options) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  return "checked" in control && /^(checkbox|radio)$/.test(control.type)
    ? control.checked !== control.defaultChecked
    : control.value !== control.defaultValue;
}

function lookAgain() {
  for (const mark of document.querySelectorAll("[data-asking]")) {
    const form = mark.closest("form");
    const reads = words(mark, "reads").flatMap(namesOf);
    if (form && [...form.elements].some((each) => reads.includes(each.name) && isAltered(each))) ask(form);
  }
}

window.addEventListener("pageshow", lookAgain);
document.addEventListener("input", changed);
document.addEventListener("change", changed);
document.addEventListener("focusout", (event) => {
  const form = event.target.form;
  if (markOf(form)) setTimeout(() => show(form));
});
document.addEventListener("htmx:load", (event) => equip(event.target));
equip(document);
