// Shows the bar of bulk transitions while rows are chosen. The listing replaces its table on search, so listen above it.
const bar = document.querySelector("[data-bulk]");

function update() {
  const items = [...document.querySelectorAll("[data-bulk-item]")];
  const chosen = items.filter((item) => item.checked).length;
  bar.hidden = chosen === 0;
  bar.querySelector("[data-bulk-count]").textContent = String(chosen);
  const all = document.querySelector("[data-bulk-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === items.length;
    all.indeterminate = chosen > 0 && chosen < items.length;
  }
}

if (bar) {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-bulk-all]")) {
      document.querySelectorAll("[data-bulk-item]").forEach((item) => {
        item.checked = event.target.checked;
      });
    }
    if (event.target.matches("[data-bulk-all], [data-bulk-item]")) update();
  });
  update();
}
