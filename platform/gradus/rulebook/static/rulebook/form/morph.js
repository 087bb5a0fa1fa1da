// Makes what stands on the page like what the server drew, and touches nothing that is alike: focus, caret, scroll and
// what is folded open stay. Elements are the same when they stand for the same place of the book.
const keyOf = (node) => `${node.nodeName}|${node.dataset?.path ?? ""}|${node.dataset?.op ?? ""}`;

function syncAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (name === "open" || fresh.hasAttribute(name)) continue;
    old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function syncValue(old, fresh) {
  if (old === document.activeElement && old.matches("input:not([type=checkbox]), textarea")) return;
  if (old.matches("input[type=checkbox]")) old.checked = fresh.hasAttribute("checked");
  else if (old.matches("input")) old.value = fresh.getAttribute("value") ?? "";
  else if (old.matches("textarea")) old.value = fresh.value;
  else if (old.matches("select")) old.value = fresh.value;
}

function syncChildren(old, fresh) {
  const known = new Map();
  for (const child of old.childNodes) {
    const key = keyOf(child);
    known.set(key, [...(known.get(key) ?? []), child]);
  }
  const wanted = [...fresh.childNodes].map((child) => [child, known.get(keyOf(child))?.shift()]);
  const kept = new Set(wanted.map(([, same]) => same));
  for (const child of [...old.childNodes]) if (!kept.has(child)) child.remove();
  let at = old.firstChild;
  for (const [child, same] of wanted) {
    if (!same) {
      old.insertBefore(document.importNode(child, true), at);
      continue;
    }
    sync(same, child);
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
  }
}

function sync(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-words")) return; // what the page itself offers while one types
  const open = old.getAttribute("aria-expanded");
  syncAttributes(old, fresh);
  if (open !== null) old.setAttribute("aria-expanded", open);
  if (!old.matches("textarea")) syncChildren(old, fresh);
  if (old.matches("input, select, textarea")) syncValue(old, fresh);
}

export function morph(box, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const before = document.activeElement;
  const caret = before?.matches?.("input[type=text], textarea") ? [before.selectionStart, before.selectionEnd] : null;
  syncChildren(box, fresh.content);
  if (before?.isConnected && before !== document.activeElement && box.contains(before)) {
    before.focus({ preventScroll: true });
    if (caret) before.setSelectionRange(...caret);
  }
}

// Some place has another path now (its name followed its label): say so before anything is compared.
export function rename(box, [from, to]) {
  for (const element of box.querySelectorAll("[data-path]")) {
    const written = element.dataset.path, start = written.indexOf("[");
    if (start < 0) continue;
    const path = renamed(JSON.parse(written.slice(start)), [from, to]);
    // As Python writes it, so that both compare as texts.
    element.dataset.path = written.slice(0, start) + written_as_list(path);
  }
}

export function renamed(path, [from, to]) {
  return from.every((key, index) => path[index] === key) ? [...to, ...path.slice(from.length)] : path;
}

const written_as_list = (path) => `[${path.map((key) => JSON.stringify(key)).join(", ")}]`;
