/* Reports what was really played, resumes where somebody left, and shows the answer.
   `video.played` holds the ranges the browser played since the page was opened, so each report contains
   the ones before it: a lost report is healed by the next, and a repeated one changes nothing. */
(() => {
  "use strict";

  const EVERY = 5000;
  const settings = document.querySelector("[data-learning-player]");
  const video = document.querySelector("video[data-report-url]");
  if (!settings || !video) return;

  const { reportUrl, position, seconds } = video.dataset;
  const length = Number(seconds);
  let acknowledged = "";

  const panel = () => document.getElementById("learning-panel");
  const second = (moment) => Math.min(length, Math.max(0, Math.round(moment)));

  const played = () => {
    const ranges = [];
    for (let i = 0; i < video.played.length; i += 1) {
      const range = [second(video.played.start(i)), second(video.played.end(i))];
      if (range[0] < range[1]) ranges.push(range);
    }
    return JSON.stringify(ranges.slice(-400));
  };

  const form = (ranges) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", settings.querySelector("[name=csrfmiddlewaretoken]").value);
    data.set("id", newId());
    data.set("ranges", ranges);
    data.set("position", String(second(video.currentTime)));
    data.set("opened", settings.dataset.opened);
    data.set("shown", panel()?.dataset.state ?? "");
    return data;
  };

  /* One for each report: its end counts them, so that one which arrives late is known. randomUUID exists on secure
     origins only, random values everywhere. */
  const opening = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  let sent = 0;
  const newId = () => opening + (sent += 1).toString(16).padStart(8, "0");

  const unreported = () => {
    const ranges = played();
    return ranges !== "[]" && `${ranges}@${second(video.currentTime)}` !== acknowledged ? ranges : null;
  };

  const report = async () => {
    const ranges = unreported();
    if (ranges === null) return;
    const mark = `${ranges}@${second(video.currentTime)}`;
    try {
      const response = await fetch(reportUrl, {
        method: "POST",
        body: form(ranges),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      const answer = await response.json();
      if (response.ok) {
        acknowledged = mark;
        show(answer);
      } else {
        say(answer.detail);
      }
    } catch {
      say(settings.dataset.offline);
    }
  };

  const leave = () => {
    const ranges = unreported();
    if (ranges !== null && navigator.sendBeacon(reportUrl, form(ranges))) {
      acknowledged = `${ranges}@${second(video.currentTime)}`;
    }
  };

  const show = (answer) => {
    const before = panel();
    if (before) before.outerHTML = answer.html;
    const outline = document.querySelector("[data-lesson-outline]");
    if (outline && answer.outline) outline.innerHTML = answer.outline;
  };

  const say = (text) => {
    const line = document.querySelector("[data-learning-status]");
    if (line) line.textContent = text || "";
  };

  const resume = () => {
    const start = Number(position);
    if (start > 0 && start < length - 2 && video.currentTime < 1) video.currentTime = start;
  };

  if (video.readyState >= 1) resume();
  else video.addEventListener("loadedmetadata", resume, { once: true });

  video.addEventListener("pause", report);
  video.addEventListener("ended", report);
  setInterval(() => { if (!video.paused) report(); }, EVERY);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.addEventListener("pagehide", leave);
})();
