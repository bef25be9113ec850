/* One key for each thing that is done often; `?` shows them. Keys typed into a field are the field's. */

export function bind(actions) {
  const help = document.querySelector("[data-keys]");
  document.querySelector("[data-show-keys]")?.addEventListener("click", () => help.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isField(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      help.open ? help.close() : help.showModal();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    // Letters by their place on the keyboard where the layout is not Latin.
    const letter = /^Key[A-Z]$/.test(event.code) && event.key.charCodeAt(0) > 127 ? event.code.slice(3).toLowerCase() : "";
    const action = actions[letter || event.key];
    if (action && action(event) !== false) event.preventDefault();
  });
}

function isField(element) {
  return Boolean(element.closest?.("input, textarea, select, [contenteditable]"));
}
