// Words for conditions: the combobox pattern of WAI-ARIA with focus in the field. It completes the word at the caret.
const MOST = 12;
const WORD = /[A-Za-z_][\w.]*$/;

export function completing(box, wordsOf, changed) {
  const fieldOf = (target) => target?.closest?.("[data-condition] > input");
  const listOf = (input) => input.parentElement.querySelector("[data-words]");
  const optionsOf = (input) => [...listOf(input).children];

  function close(input) {
    const list = listOf(input);
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function begun(input) {
    return input.value.slice(0, input.selectionStart).match(WORD)?.[0] ?? "";
  }

  function open(input) {
    const word = begun(input).toLowerCase();
    const all = [["always", ""], ["never", ""], ...wordsOf()];
    const fits = all.filter(([each]) => each.toLowerCase() !== word && each.toLowerCase().includes(word))
      .sort(([one], [two]) => Number(two.toLowerCase().startsWith(word)) - Number(one.toLowerCase().startsWith(word)))
      .slice(0, MOST);
    const list = listOf(input);
    list.replaceChildren(...fits.map(([text, about], index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.word = text;
      const code = document.createElement("code"), note = document.createElement("span");
      code.textContent = text;
      note.textContent = about ?? "";
      option.append(code, " ", note);
      return option;
    }));
    list.hidden = !fits.length;
    input.setAttribute("aria-expanded", String(fits.length > 0));
    input.removeAttribute("aria-activedescendant");
  }

  function mark(input, option) {
    for (const each of optionsOf(input)) each.setAttribute("aria-selected", String(each === option));
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(input, option) {
    const end = input.selectionStart, start = end - begun(input).length;
    input.setRangeText(option.dataset.word, start, end, "end");
    close(input);
    changed(input);
  }

  box.addEventListener("input", (event) => {
    const input = fieldOf(event.target);
    if (input && !event.isComposing) open(input);
  });
  box.addEventListener("keydown", (event) => {
    const input = fieldOf(event.target);
    if (!input || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = optionsOf(input), at = all.findIndex((each) => each.id === input.getAttribute("aria-activedescendant"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!all.length) return void open(input);
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(input, all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      choose(input, all[at]);
    } else if (event.key === "Escape" && all.length) {
      event.preventDefault();
      event.stopPropagation();
      close(input);
    }
  });
  // The finger or mouse must not take the focus out of the field before the choice is made.
  box.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-words]")) event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[data-words] [role=option]");
    if (option) return choose(option.closest("[data-condition]").querySelector("input"), option);
    const input = fieldOf(event.target);
    if (input && !optionsOf(input).length) open(input);
  });
  box.addEventListener("focusout", (event) => {
    const input = fieldOf(event.target);
    if (input) close(input);
  });
}
