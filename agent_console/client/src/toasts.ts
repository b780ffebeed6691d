// Short notices: those of the page are there already, later ones come with an htmx answer:
// HX-Trigger: {"paceline:toast": {"text": "...", "undo": "/path"}}. One with an undo stays until it is closed.
const SHOWN_MILLISECONDS = 6000;

interface Notice {
  text: string;
  undo?: string;
}

function leave(toast: HTMLElement): void {
  toast.querySelector("[data-part=close]")?.addEventListener("click", () => toast.remove());
  if (toast.querySelector("form")) return;
  let timer = window.setTimeout(() => toast.remove(), SHOWN_MILLISECONDS);
  toast.addEventListener("pointerenter", () => window.clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = window.setTimeout(() => toast.remove(), SHOWN_MILLISECONDS);
  });
}

export function startToasts(): void {
  const region = document.getElementById("toasts");
  const template = document.querySelector<HTMLTemplateElement>("#toast-template");
  if (!region || !template) return;
  region.querySelectorAll<HTMLElement>(".toast").forEach(leave);
  document.addEventListener("paceline:toast", (event) => {
    const notice = (event as CustomEvent<Notice>).detail;
    const toast = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    const text = toast.querySelector("[data-part=text]");
    const form = toast.querySelector("form");
    if (text) text.textContent = notice.text;
    if (notice.undo) form?.setAttribute("action", notice.undo);
    else form?.remove();
    region.append(toast);
    leave(toast);
  });
}
