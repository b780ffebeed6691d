// Search and go: Ctrl+K opens it, arrows choose, Enter goes. What is found, the server says (htmx).
const SELECTED = "active";

function choices(list: HTMLElement): HTMLAnchorElement[] {
  return [...list.querySelectorAll<HTMLAnchorElement>("a[role=option]")];
}

function select(list: HTMLElement, input: HTMLInputElement, index: number): void {
  const all = choices(list);
  all.forEach((choice, at) => {
    choice.classList.toggle(SELECTED, at === index);
    choice.setAttribute("aria-selected", String(at === index));
  });
  const chosen = all[index];
  input.setAttribute("aria-activedescendant", chosen?.id ?? "");
  chosen?.scrollIntoView({ block: "nearest" });
}

export function openPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const input = dialog.querySelector<HTMLInputElement>("input[type=search]");
  input?.select();
  input?.dispatchEvent(new Event("palette-opened", { bubbles: true })); // asks for the pages at once
}

export function startPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  const input = dialog?.querySelector<HTMLInputElement>("input[type=search]");
  const list = document.getElementById("palette-results");
  if (!dialog || !input || !list) return;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
    }
  });
  for (const opener of document.querySelectorAll("[data-opens=palette]")) {
    opener.addEventListener("click", openPalette);
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  list.addEventListener("htmx:afterSwap", () => select(list, input, 0));
  input.addEventListener("keydown", (event) => {
    const all = choices(list);
    const at = all.findIndex((choice) => choice.classList.contains(SELECTED));
    if (event.key === "ArrowDown") select(list, input, Math.min(at + 1, all.length - 1));
    else if (event.key === "ArrowUp") select(list, input, Math.max(at - 1, 0));
    else if (event.key === "Enter") all[Math.max(at, 0)]?.click();
    else return;
    event.preventDefault();
  });
}
