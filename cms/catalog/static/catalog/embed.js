/* A player of another site is loaded when the reader asks for it, and not before. */
for (const place of document.querySelectorAll("[data-embed]")) {
  const { embed, embedTitle } = place.dataset;
  if (!embed) continue;
  place.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: embed, title: embedTitle, allowFullscreen: true, width: 640, height: 360 });
    const box = document.createElement("div");
    box.className = "g-player";
    box.append(frame);
    place.replaceWith(box);
    frame.focus();
  });
}
