// "/" goes to the search box, Escape leaves it.
document.addEventListener("keydown", event => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = [...document.querySelectorAll("[data-search]")].find(box => box.offsetParent);
    search?.focus();
    search?.select();
    if (search)
      event.preventDefault();
  } else if (event.key === "Escape" && event.target.matches("[data-search]")) {
    event.target.blur();
  }
});
