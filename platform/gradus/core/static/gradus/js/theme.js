// Runs before the first paint, so a remembered theme never flashes. Not a module: modules wait.
(function () {
  const KEY = "gradus-theme";
  const root = document.documentElement;

  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage can be forbidden; the system's theme is then followed
    }
  };

  // What the browser paints around the page: the device's theme chooses between the two, unless one is chosen here.
  const colours = [...document.querySelectorAll('meta[name="theme-color"]')].map((meta) => [meta, meta.content]);
  const paint = (theme) => {
    const chosen = colours.find(([meta]) => meta.media.includes(`: ${theme})`));
    for (const [meta, own] of colours) meta.content = chosen ? chosen[1] : own;
  };

  const show = (theme) => {
    paint(theme);
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (theme || "system")));
    }
  };

  const choose = (theme) => {
    try {
      if (theme === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // the choice then lasts for this page
    }
    show(theme === "system" ? null : theme);
    document.dispatchEvent(new CustomEvent("gradus:theme", { detail: theme }));
  };

  show(remembered());
  root.classList.add("has-js");
  document.addEventListener("DOMContentLoaded", () => show(remembered()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
  window.addEventListener("storage", (event) => event.key === KEY && show(event.newValue));
})();
