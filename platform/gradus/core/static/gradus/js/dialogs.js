// <button data-dialog="id"> opens <dialog id="id">; [data-dialog-close] inside closes it; a click on the backdrop too.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  if (event.target.closest("[data-dialog-close]") || event.target.matches("dialog.g-dialog")) {
    event.target.closest("dialog")?.close();
  }
});
