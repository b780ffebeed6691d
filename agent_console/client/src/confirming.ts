// Asks before what cannot be taken back: forms and links with `data-confirm`, and htmx's `hx-confirm`.
interface Asked {
  question: string;
  issueRequest: (skip: boolean) => void;
}

function ask(question: string, act: string, go: () => void): void {
  const dialog = document.querySelector<HTMLDialogElement>("#confirm");
  if (!dialog) return;
  const text = dialog.querySelector("[data-part=question]");
  const yes = dialog.querySelector<HTMLButtonElement>("[value=yes]");
  if (text) text.textContent = question;
  if (yes) yes.textContent = act || (yes.dataset["default"] ?? "");
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && go(), { once: true });
  dialog.showModal();
}

export function startConfirming(): void {
  const confirmed = new WeakSet<HTMLFormElement>();
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const question = form.dataset["confirm"];
      if (!question || confirmed.delete(form)) return;
      event.preventDefault();
      event.stopPropagation();
      const submitter = event.submitter;
      ask(question, form.dataset["confirmAct"] ?? "", () => {
        confirmed.add(form);
        form.requestSubmit(submitter);
      });
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    const { question, issueRequest } = (event as CustomEvent<Asked>).detail;
    if (!question) return;
    event.preventDefault();
    ask(question, "", () => issueRequest(true));
  });
}
