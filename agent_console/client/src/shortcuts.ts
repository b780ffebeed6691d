// Keys: "?" shows the sheet, "/" searches, "g" and a letter goes where the sheet says.
import { openPalette } from "./palette";

const SECOND_KEY_MILLISECONDS_MAX = 1500;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

export function startShortcuts(): void {
  const sheet = document.querySelector<HTMLDialogElement>("#shortcuts");
  if (!sheet) return;
  let wentAt = -Infinity;
  const show = (): void => {
    if (!document.querySelector("dialog[open]")) sheet.showModal();
  };
  for (const opener of document.querySelectorAll("[data-opens=shortcuts]")) opener.addEventListener("click", show);
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const isSecond = event.timeStamp - wentAt < SECOND_KEY_MILLISECONDS_MAX;
    wentAt = -Infinity;
    if (isSecond) {
      document.querySelector<HTMLAnchorElement>(`a[data-shortcut="${CSS.escape(event.key)}"]`)?.click();
    } else if (event.key === "?") {
      show();
    } else if (event.key === "/") {
      event.preventDefault();
      openPalette();
    } else if (event.key === "g") {
      wentAt = event.timeStamp;
    }
  });
}
