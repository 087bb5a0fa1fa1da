// The form over a book: a second view of the same text. Every change goes to the server, which answers with the text.
const PAUSE = 500;

async function start(box) {
  const [{ morph, rename, renamed }, { Sending }, { completing }, { autosaving }] = await Promise.all(
    ["morph", "sending", "completing", "autosaving"].map((name) => import(box.dataset[name])));
  const text = box.querySelector("textarea"), form = box.closest("form"), body = box.querySelector("[data-rules-form]");
  const file = form?.querySelector("[name=file]");
  const part = (name) => box.querySelector(`[data-rules-${name}]`);
  const panels = [...box.querySelectorAll("[data-panel]")], tabs = [...box.querySelectorAll("[data-view]")];
  // Wagtail saves a new book by itself as soon as it is valid, and goes on at another address.
  const isNew = () => Boolean(file && !file.disabled) && !location.pathname.includes("/edit/");
  const done = [], undone = []; // texts before and after, with the input they came from
  let words = [], drawn = null, wrong = null, named = "", refused = "";
  const timers = new Map(); // by input: its change waits until nobody types any more

  // ---- the text, which is the truth

  function write(value) {
    if (text.value === value) return;
    text.value = value;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function remember(change, before) {
    const last = done.at(-1);
    if (!(change.op === "set" && last?.id === change.id && last.after === before)) done.push({ id: change.id, before });
    done.at(-1).after = text.value;
    done.at(-1).id = change.id;
    undone.length = 0;
    history();
  }

  function history() {
    box.querySelector("[data-undo]").disabled = !done.length;
    box.querySelector("[data-redo]").disabled = !undone.length;
  }

  // ---- asking the server

  async function ask(address, fields) {
    const sent = new FormData();
    for (const [name, value] of Object.entries({ text: text.value, file: file?.value ?? "", new: isNew() ? "1" : "", ...fields })) sent.set(name, value);
    sent.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(address, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (answer.status === 400) return answer.json();
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    return answer.json();
  }

  function draw(answer) {
    for (const each of answer.renamed ?? []) rename(body, each);
    morph(body, answer.html);
    words = answer.words;
    drawn = text.value;
    if (answer.wrong !== wrong && wrong !== null) say(answer.wrong ? `${box.dataset.saysWrong} ${answer.wrong}` : "");
    wrong = answer.wrong;
  }

  async function redraw() {
    if (drawn === text.value) return;
    try {
      draw(await ask(box.dataset.show));
      part("alert").textContent = "";
    } catch {
      part("alert").textContent = box.dataset.saysFailed;
    }
  }

  const sending = new Sending({
    send: (change) => ask(box.dataset.change, { change: JSON.stringify({ ...change, id: undefined }) }),
    failed: () => { part("alert").textContent = box.dataset.saysFailed; },
    state: () => {
      if (!sending.idle) say(box.dataset.saysSending);
      else say(part("alert").textContent ? "" : box.dataset.saysSaved);
    },
    took(change, answer, waiting) {
      part("alert").textContent = answer.error ?? "";
      if (answer.error) {
        refused = change.id;
        return refuse(document.getElementById(change.id), answer.error);
      }
      if (refused === change.id) refused = "";
      const before = text.value;
      write(answer.text);
      if (text.value !== before) remember(change, before);
      for (const each of answer.renamed) {
        for (const other of waiting) other.path = renamed(other.path, each);
        rename(body, each);
      }
      if (answer.file) named = answer.file;
      if (waiting.length || timers.size) return; // the answer to the last one draws everything
      draw({ ...answer, renamed: [] });
      if (answer.focus) go(answer.focus);
    },
  });

  // Beside the input as well: the alert stands above the form, which may be far away.
  function refuse(input, why) {
    if (!input) return;
    const id = `${input.id}-wrong`;
    const said = document.getElementById(id) ?? document.createElement("div");
    Object.assign(said, { id, className: "rf-wrong", textContent: why });
    if (!said.isConnected) (input.closest(".rf-input") ?? input.parentElement).append(said);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
  }

  function say(what) {
    if (part("status").textContent !== what) part("status").textContent = what;
  }

  // ---- inputs

  const controlOf = (target) => target?.closest?.("[data-as]");

  function valueOf(control) {
    if (control.matches("input[type=checkbox]")) return control.checked;
    if (!control.matches("fieldset")) return control.value;
    const inner = [...control.querySelectorAll("input, select")];
    if (control.dataset.as === "texts") return inner.filter((each) => each.checked).map((each) => each.value);
    return Object.fromEntries(inner.map((each) => [each.dataset.part, each.value]));
  }

  function set(control) {
    clearTimeout(timers.get(control));
    timers.delete(control);
    const sent = JSON.stringify(valueOf(control));
    if (control.rulesSent === sent) return;
    control.rulesSent = sent;
    sending.add({ op: "set", path: JSON.parse(control.dataset.path), as: control.dataset.as, value: JSON.parse(sent), id: control.id });
  }

  function later(control) {
    clearTimeout(timers.get(control));
    control.rulesSent = undefined;
    timers.set(control, setTimeout(set, PAUSE, control));
  }

  // The file is called after the title when the title is ready: a book that is saved keeps its file.
  function call() {
    if (!named || !isNew()) return;
    file.value = named;
    named = "";
    for (const kind of ["input", "change"]) file.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  // Nothing that was typed waits any longer; resolves when the text says it, to whether it does.
  async function settle() {
    for (const control of [...timers.keys()]) set(control);
    while (sending.working) await sending.working;
    if (!sending.idle) await sending.work();
    call();
    return sending.idle;
  }

  body.addEventListener("input", (event) => {
    const control = controlOf(event.target);
    if (!control || event.isComposing) return;
    event.target.matches("input[type=text], textarea") ? later(control) : (control.rulesSent = undefined, set(control));
  });
  body.addEventListener("change", (event) => {
    const control = controlOf(event.target);
    if (control && timers.has(control)) set(control);
  });
  body.addEventListener("focusout", (event) => {
    if (event.target.id?.endsWith("-title")) settle();
  });
  body.addEventListener("keydown", (event) => {
    const redo = event.key.toLowerCase() === "y" || (event.shiftKey && event.key.toLowerCase() === "z");
    if ((event.ctrlKey || event.metaKey) && !event.altKey && (redo || event.key.toLowerCase() === "z")) {
      event.preventDefault();
      redo ? forth() : back();
    } else if (event.key === "Enter" && event.target.matches("input") && !event.isComposing) {
      event.preventDefault(); // a line that is ready does not save the whole book
      const control = controlOf(event.target);
      if (control && timers.has(control)) set(control);
    }
  });
  body.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-op]"), line = event.target.closest("[data-line]");
    const link = event.target.closest("a[href^='#rf-']");
    if (line) return atLine(Number(line.dataset.line));
    if (link) {
      event.preventDefault();
      return go(link.hash.slice(1));
    }
    if (!button) return;
    const { op, what } = button.dataset;
    for (const control of [...timers.keys()]) set(control);
    const choice = button.parentElement.querySelector("[data-choice]")?.value;
    sending.add({ op, what, choice, path: JSON.parse(button.dataset.path), id: button.id });
  });
  completing(body, () => words, (input) => set((input.rulesSent = undefined, controlOf(input))));

  // ---- going somewhere

  function go(id) {
    let found = document.getElementById(id);
    if (!found) return;
    for (let each = found; each && each !== body; each = each.parentElement) if (each.matches("details")) each.open = true;
    found.scrollIntoView({ block: found.matches("button") ? "nearest" : "start" });
    if (found.matches(":disabled")) found = found.parentElement.querySelector("button:not(:disabled)") ?? found;
    const isPlace = found.matches("details.rf-section");
    if (!isPlace && !found.matches("input, textarea, select, button")) found = found.querySelector("input, textarea, select, button") ?? found;
    if (isPlace) found = found.querySelector("summary");
    found.focus({ preventScroll: true });
    if (found.matches("input[type=text]")) found.select();
  }

  async function atLine(number) {
    await view("text");
    const start = text.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    const end = text.value.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (number - 5) * parseFloat(getComputedStyle(text).lineHeight));
  }

  // ---- undo and redo, over texts

  async function turn(from, to, key, other) {
    await settle();
    const step = from.pop();
    if (!step) return history();
    to.push(step);
    if (text.value !== step[other]) to.length = from.length = 0; // the text was written by hand since
    else write(step[key]);
    history();
    const focus = document.activeElement;
    if (body.contains(focus) && focus.matches("input, textarea")) focus.blur();
    await redraw();
    const again = document.getElementById(step.id);
    if (again?.matches("input, textarea, select")) go(step.id);
  }
  const back = () => turn(done, undone, "before", "after");
  const forth = () => turn(undone, done, "after", "before");
  box.querySelector("[data-undo]").addEventListener("click", back);
  box.querySelector("[data-redo]").addEventListener("click", forth);

  // ---- two views

  async function view(name) {
    if (name === "text") await settle();
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab.dataset.view === name));
      tab.tabIndex = tab.dataset.view === name ? 0 : -1;
    }
    for (const panel of panels) panel.hidden = panel.dataset.panel !== name;
    box.querySelector(".rf-history").hidden = name !== "form";
    part("status").hidden = name !== "form";
    if (name === "form") {
      if (drawn !== null && drawn !== text.value) { // written by hand: that can be undone as well
        done.push({ id: "", before: drawn, after: text.value });
        undone.length = 0;
        history();
      }
      await redraw();
    }
    else text.dispatchEvent(new Event("scroll"));
  }
  for (const tab of tabs) {
    tab.addEventListener("click", () => view(tab.dataset.view));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      const other = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
      other.focus();
      view(other.dataset.view);
    });
  }
  // Saving waits until the text says what the form does, and until Wagtail has finished saving by itself: what that
  // sends is older, and must not come after.
  const autosave = autosaving();
  form.addEventListener("submit", async (event) => {
    autosave.stop();
    if (sending.idle && !timers.size && !autosave.busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const [ready] = await Promise.all([settle(), autosave.finished()]);
    if (ready && !refused) return form.requestSubmit(event.submitter);
    autosave.go();
    if (!ready) return;
    go(refused); // it was not taken: the next click saves without it
    refused = "";
  }, true);

  addEventListener("online", () => sending.work());
  part("bar").hidden = false;
  const textPanel = panels.find((panel) => panel.dataset.panel === "text");
  textPanel.setAttribute("role", "tabpanel");
  textPanel.setAttribute("aria-labelledby", tabs.find((tab) => tab.dataset.view === "text").id);
  await view("form");
  if (location.hash.startsWith("#rf-")) go(location.hash.slice(1));
  const line = /^#line-(\d+)$/.exec(location.hash);
  if (line) atLine(Number(line[1]));
}

for (const box of document.querySelectorAll("[data-rules-editor]")) start(box);
