// Toasts: those the server rendered, and those a script asks for with
// document.dispatchEvent(new CustomEvent("gradus:toast", { detail: { text, tone } })).
const STAY = 7000;
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");

const leave = (toast) => toast.remove();

function watch(toast) {
  toast.querySelector("[data-toast-close]").hidden = false;
  if (toast.classList.contains("g-toast--error") || toast.classList.contains("g-toast--warning")) return;
  let timer = setTimeout(leave, STAY, toast);
  const wait = () => clearTimeout(timer);
  const resume = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, STAY, toast);
  };
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("pointerleave", resume);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("focusout", resume);
}

function add({ text, tone = "info" }) {
  if (!region || !template) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.classList.add(`g-toast--${tone}`);
  toast.querySelector("[data-toast-text]").textContent = text;
  region.append(toast);
  watch(toast);
}

region?.querySelectorAll(".g-toast").forEach(watch);
document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (close) leave(close.closest(".g-toast"));
});
document.addEventListener("gradus:toast", (event) => add(event.detail));
