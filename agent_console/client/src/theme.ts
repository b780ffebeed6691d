// Runs before the first paint: "system" becomes what the machine is set to, and follows it.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  const wanted = root.dataset["theme"] ?? "system";
  const shown = wanted === "system" ? (dark.matches ? "dark" : "light") : wanted;
  root.setAttribute("data-bs-theme", shown);
}

apply();
dark.addEventListener("change", apply);
