// The navigation of narrow screens, and menus made of <details>, which close as menus do.
export function startMenus(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-toggles]");
  const folded = button && document.getElementById(button.dataset["toggles"] ?? "");
  button?.addEventListener("click", () => {
    const isOpen = folded?.classList.toggle("show") ?? false;
    button.setAttribute("aria-expanded", String(isOpen));
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.dropdown[open]")) {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.dropdown[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
