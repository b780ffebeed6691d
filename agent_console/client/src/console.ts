// What every page of the console does in the browser; each part is small and stands alone.
import "./swapping";
import { startConfirming } from "./confirming";
import { startCopying } from "./copying";
import { startMenus } from "./menus";
import { startPickers } from "./picker";
import { startPalette } from "./palette";
import { startShortcuts } from "./shortcuts";
import { startToasts } from "./toasts";

startMenus();
startPalette();
startPickers();
startShortcuts();
startConfirming();
startCopying();
startToasts();
