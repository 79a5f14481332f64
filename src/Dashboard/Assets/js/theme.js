// In the head and not a module: the theme must stand before the first paint. Dark until somebody chooses: this hangs in
// rooms where people watch it all day, and everybody there should see the same.
(() => {
  const key = "orleansiot-theme";
  const root = document.documentElement;
  const apply = theme => {
    root.dataset.theme = theme;
    document.querySelector("meta[name=theme-color]")?.setAttribute("content", theme === "light" ? "#f5f6f8" : "#0d1015");
  };

  apply(localStorage.getItem(key) ?? "dark");

  document.addEventListener("click", event => {
    if (!event.target.closest("[data-theme-toggle]"))
      return;

    const theme = root.dataset.theme === "light" ? "dark" : "light";
    localStorage.setItem(key, theme);
    apply(theme);
  });
})();
