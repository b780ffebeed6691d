// A field that points at a record: what is typed is searched for (htmx), what is clicked is chosen.
export function startPickers(): void {
  document.addEventListener("click", (event) => {
    const choice = (event.target as Element).closest<HTMLButtonElement>("[data-pick]");
    const picker = choice?.closest<HTMLElement>("[data-picker]");
    const kept = picker?.querySelector<HTMLInputElement>("input[type=hidden]");
    const shown = picker?.querySelector<HTMLInputElement>("input[type=search]");
    if (!choice || !picker || !kept || !shown) return;
    kept.value = choice.dataset["pick"] ?? "";
    shown.value = (choice.textContent ?? "").trim();
    picker.querySelector(".picker-results")?.replaceChildren();
    shown.focus();
  });
  document.addEventListener("input", (event) => {
    const shown = event.target as HTMLInputElement;
    const kept = shown.closest("[data-picker]")?.querySelector<HTMLInputElement>("input[type=hidden]");
    if (kept && shown.type === "search") kept.value = ""; // typed anew: the former choice no longer holds
  });
}
