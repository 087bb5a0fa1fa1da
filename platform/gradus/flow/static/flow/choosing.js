// A text field that offers what it finds: the combobox pattern of WAI-ARIA (list autocomplete, focus stays in the field).
// Without this script the field takes a number or an address. Events are heard on the document: htmx swaps forms in.
const WAIT = 200;
const busy = new WeakMap(); // by field: the timer and the request under way

const parts = (input) => {
  const box = input.closest("[data-combo]");
  return { box, list: box.querySelector("[data-combo-list]"), said: box.querySelector("[data-combo-said]") };
};
const fieldOf = (target) => target?.matches?.("[data-combo]:not([data-combo='']) > input") ? target : null;
const optionsOf = (list) => [...list.querySelectorAll("[role=option]")];
const isOpen = (input) => input.getAttribute("aria-expanded") === "true";

function equip(root) {
  root.querySelectorAll?.("[data-combo]:not([data-combo='']) > input:not([role])").forEach((input) => {
    const { list } = parts(input);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
  });
}

function say(input, text, loud = false) {
  const { said } = parts(input);
  said.toggleAttribute("data-loud", loud);
  said.textContent = text;
}

function close(input) {
  const { list } = parts(input);
  clearTimeout(busy.get(input)?.timer);
  busy.get(input)?.controller?.abort();
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(input, option) {
  const { list } = parts(input);
  for (const each of optionsOf(list)) each.setAttribute("aria-selected", String(each === option));
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function optionFor({ text, note }, id) {
  const option = document.createElement("li");
  option.id = id;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.text = text;
  option.append(text);
  if (note) {
    const more = document.createElement("span");
    more.className = "g-combo__note";
    more.textContent = note;
    option.append(" ", more);
  }
  return option;
}

function show(input, choices) {
  const { box, list } = parts(input);
  list.replaceChildren(...choices.map((choice, index) => optionFor(choice, `${list.id}_${index}`)));
  list.hidden = choices.length === 0;
  input.setAttribute("aria-expanded", String(choices.length > 0));
  input.removeAttribute("aria-activedescendant");
  say(input, choices.length ? `${box.dataset.found} ${choices.length}` : box.dataset.nothing, !choices.length);
}

async function find(input) {
  const { box } = parts(input);
  busy.get(input)?.controller?.abort();
  const controller = new AbortController();
  busy.set(input, { controller });
  const url = new URL(box.dataset.combo, location.href);
  url.searchParams.set("q", input.value.trim().slice(0, 200));
  try {
    const answer = await fetch(url, { signal: controller.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const choices = await answer.json();
    if (busy.get(input)?.controller === controller && input === document.activeElement) show(input, choices);
  } catch (error) {
    if (error.name === "AbortError") return;
    close(input);
    say(input, box.dataset.failed, true);
  }
}

function choose(input, option) {
  const { box } = parts(input);
  const { text } = option.dataset;
  if (box.dataset.several) {
    add(box, text);
    input.value = "";
  } else {
    input.value = text;
  }
  close(input);
  say(input, text);
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function add(box, text) {
  const chosen = box.querySelector("[data-combo-chosen]");
  if ([...chosen.querySelectorAll("input")].some((each) => each.value === text)) return;
  const [item, label, tick] = ["li", "label", "input"].map((name) => document.createElement(name));
  Object.assign(tick, { type: "checkbox", name: box.dataset.several, value: text, checked: true });
  label.append(tick, " ", text);
  item.append(label);
  chosen.append(item);
}

document.addEventListener("input", (event) => {
  const input = fieldOf(event.target);
  if (!input || event.isComposing) return;
  equip(document);
  clearTimeout(busy.get(input)?.timer);
  busy.set(input, { ...busy.get(input), timer: setTimeout(find, WAIT, input) });
});

document.addEventListener("keydown", (event) => {
  const input = fieldOf(event.target);
  if (!input || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const { list } = parts(input);
  const all = optionsOf(list);
  const at = all.findIndex((option) => option.id === input.getAttribute("aria-activedescendant"));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!isOpen(input)) return void find(input);
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(input, all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
  } else if (event.key === "Enter" && isOpen(input) && at >= 0) {
    event.preventDefault();
    choose(input, all[at]);
  } else if (event.key === "Escape" && isOpen(input)) {
    event.preventDefault();
    event.stopPropagation();
    close(input);
  } else if (event.key === "Tab") {
    close(input);
  }
}, true);

// The finger or mouse must not take the focus out of the field before the choice is made.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.("[data-combo-list]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("[data-combo-list] [role=option]");
  if (option) choose(option.closest("[data-combo]").querySelector(":scope > input"), option);
});
document.addEventListener("focusin", (event) => {
  if (fieldOf(event.target)) equip(document);
});
document.addEventListener("focusout", (event) => {
  const input = fieldOf(event.target);
  if (input) close(input);
});
document.addEventListener("htmx:load", (event) => equip(event.target));
equip(document);
