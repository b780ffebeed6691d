// Buttons that copy what stands in another element, such as a link that is shown once.
export function startCopying(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-copies]");
    const source = button && document.getElementById(button.dataset["copies"] ?? "");
    if (!button || !source) return;
    const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? "").trim();
    void navigator.clipboard.writeText(text).then(() => button.classList.add("is-copied"));
  });
}
