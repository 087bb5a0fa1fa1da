// The editor of a book: numbers beside its lines, and what the server finds wrong while one types.
(() => {
  const PAUSE = 500;

  function start(box) {
    const text = box.querySelector("textarea");
    const numbers = box.querySelector("[data-rules-numbers]");
    const problems = box.parentElement.querySelector("[data-rules-problems]");
    const words = box.closest("[data-panel]")?.querySelector("[data-rules-words]");
    const file = box.closest("form")?.querySelector("[name=file]");
    let timer, asked = 0, wrong = new Set();

    function draw() {
      const lines = text.value.split("\n").length;
      if (numbers.childElementCount !== lines) {
        numbers.replaceChildren(...Array.from({ length: lines }, (_, index) => {
          const item = document.createElement("li");
          item.textContent = index + 1;
          return item;
        }));
      }
      for (const [index, item] of [...numbers.children].entries()) item.toggleAttribute("data-wrong", wrong.has(index + 1));
      numbers.scrollTop = text.scrollTop;
    }

    function go(line) {
      const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      const end = text.value.indexOf("\n", before);
      text.focus();
      text.setSelectionRange(before, end < 0 ? text.value.length : end);
      text.scrollTop = Math.max(0, (line - 5) * parseFloat(getComputedStyle(text).lineHeight));
    }

    function show(found) {
      wrong = new Set(found.map((each) => each.line));
      const list = document.createElement("ul");
      for (const each of found) {
        const item = document.createElement("li"), button = document.createElement("button");
        button.type = "button";
        button.textContent = `${each.line}: ${each.key ? each.key + ": " : ""}${each.text}`;
        button.addEventListener("click", () => go(each.line));
        item.append(button);
        list.append(item);
      }
      problems.replaceChildren(...(found.length ? [list] : []));
      draw();
    }

    async function check() {
      const mine = ++asked;
      const body = new FormData();
      body.set("text", text.value);
      body.set("file", file?.value ?? "");
      body.set("csrfmiddlewaretoken", box.closest("form").querySelector("[name=csrfmiddlewaretoken]").value);
      try {
        const answer = await fetch(box.dataset.check, { method: "POST", body });
        const said = answer.ok ? await answer.json() : null;
        if (!said || mine !== asked) return;
        show(said.problems);
        if (words && said.words) words.innerHTML = said.words; // the server's own template
      } catch { /* the next keystroke asks again, and saving checks too */ }
    }

    text.addEventListener("input", () => {
      draw();
      clearTimeout(timer);
      timer = setTimeout(check, PAUSE);
    });
    text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; });
    draw();
    check();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-rules]").forEach(start));
})();
