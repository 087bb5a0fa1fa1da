/* Draws the charts of a page from the JSON beside them. Colours and type are names of design tokens there and are looked
   up here, again whenever the theme changes. Nothing is fetched and nothing is sent. */
(() => {
  "use strict";

  const language = document.documentElement.lang || "en";
  const config = { displaylogo: false, displayModeBar: false, plotlyServerURL: "", responsive: false, locale: language };
  const token = /^var\(--[\w-]+\)$/;

  /* Months, days and separators as the page's language writes them: the browser knows them all. */
  function locale() {
    const names = (count, from, form) =>
      Array.from({ length: count }, (_, at) => new Intl.DateTimeFormat(language, form).format(new Date(2023, from[0] * at, 1 + from[1] * at)));
    const parts = new Intl.NumberFormat(language).formatToParts(1234567.8);
    const mark = (type) => parts.find((part) => part.type === type)?.value;
    const format = {
      months: names(12, [1, 0], { month: "long" }),
      shortMonths: names(12, [1, 0], { month: "short" }),
      days: names(7, [0, 1], { weekday: "long" }), // 1 January 2023 was a Sunday
      shortDays: names(7, [0, 1], { weekday: "short" }),
      decimal: mark("decimal"),
      thousands: mark("group"),
    };
    return { moduleType: "locale", name: language, dictionary: {}, format };
  }

  function themed(element) {
    const probe = element.parentElement.appendChild(document.createElement("span"));
    probe.hidden = true;
    const lookUp = (value, name) => {
      if (Array.isArray(value)) return value.map((item) => lookUp(item, name));
      if (value !== null && typeof value === "object") {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lookUp(item, key)]));
      }
      if (typeof value !== "string" || !token.test(value)) return value;
      const property = name === "family" ? "fontFamily" : "color";
      probe.style[property] = value;
      return getComputedStyle(probe)[property];
    };
    const figure = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    const result = { ...lookUp(figure, ""), surface: lookUp("var(--surface)", "") };
    probe.remove();
    return result;
  }

  async function draw(element) {
    try {
      const { data, layout } = themed(element);
      await window.Plotly.react(element, data, layout, config);
      element.dataset.drawn = "";
    } catch (error) {
      element.dataset.failed = "";
      console.error(error);
    }
  }

  function follow(element) {
    element.on("plotly_click", ({ points }) => {
      const url = points[0].customdata;
      if (typeof url === "string" && url.startsWith("/") && !url.startsWith("//")) window.location.assign(url);
    });
  }

  function offerPicture(element) {
    const button = document.querySelector(`[data-chart-image="${element.id.replace(/-chart$/, "")}"]`);
    button.hidden = false;
    button.addEventListener("click", () => {
      const { data, layout, surface } = themed(element);
      const { width, height } = element.getBoundingClientRect();
      const opaque = { ...layout, paper_bgcolor: surface, margin: { l: 32, r: 32, t: 40, b: 32 } };
      const picture = { format: "png", scale: 2, width, height, filename: element.dataset.name };
      window.Plotly.downloadImage({ data, layout: opaque, config }, picture);
    });
  }

  async function start(element) {
    await draw(element);
    if (!("drawn" in element.dataset)) return;
    follow(element);
    offerPicture(element);
    let width = element.clientWidth;
    new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      window.Plotly.Plots.resize(element);
    }).observe(element);
  }

  const charts = [...document.querySelectorAll("[data-chart]")];
  const redraw = () => charts.filter((element) => "drawn" in element.dataset).forEach(draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["class", "data-theme"] });
  if (window.Plotly && language !== "en") window.Plotly.register(locale());
  charts.forEach(start);
})();
