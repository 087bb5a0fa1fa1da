// Wagtail saves by itself half a second after a change, and sends what the form said at the change.
const PATIENCE = 5000;

export function autosaving() {
  let busy = false, stopped = false, waiting = [];

  function done() {
    busy = false;
    for (const each of waiting.splice(0)) each();
  }

  document.addEventListener("w-autosave:save", (event) => {
    if (stopped) event.preventDefault();
    else busy = true;
  });
  for (const end of ["success", "error"]) document.addEventListener(`w-autosave:${end}`, done);
  return {
    get busy() {
      return busy;
    },
    stop: () => { stopped = true; },
    go: () => { stopped = false; },
    finished: () => (busy ? Promise.race([
      new Promise((resolve) => waiting.push(resolve)),
      new Promise((resolve) => setTimeout(resolve, PATIENCE)),
    ]) : Promise.resolve()),
  };
}
