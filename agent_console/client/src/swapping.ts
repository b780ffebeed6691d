// htmx with the idiomorph swap, without anything that a strict Content-Security-Policy forbids.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages of records are not kept in the browser's storage

htmx.defineExtension("morph", {
  isInlineSwap: (style: string) => style === "morph",
  handleSwap: (style: string, target: Node, fragment: Node) => {
    if (style !== "morph") return false;
    const made = Idiomorph.morph(target as Element, (fragment as DocumentFragment).children, { morphStyle: "outerHTML" });
    return made instanceof Promise ? [] : made;
  },
});

// A session that has ended in the meantime: the whole page goes to the sign-in, not a part of it.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
  if (xhr.status === 401) window.location.reload();
});

export { htmx };
