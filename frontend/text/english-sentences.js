/**
 * Python's sentences are English already. These are said otherwise on the page, where one drops and clicks.
 * @type {Record<string, (values: any) => string>}
 */
export const sentences = {
  of: ({ name, reason }) => (name === "the picture" ? reason : `${name}: ${reason}`), // the reason may be said otherwise
  "label-needed": () => "what does it show? Drop it on its class",
  "example-gone": () => "This picture was moved or removed meanwhile.",
  "class-gone": ({ label }) => `There is no class “${label}” any more.`,
  "class-taken": ({ label }) => `There is already a class “${label}”.`,
  "no-undo": () => "Nothing to undo",
  "no-redo": () => "Nothing to redo",
  "export-busy": () => "A zip is being made already; wait until it is there.",
  "order-old": () => "The classes have changed meanwhile; try again.",
  "classes-few": () => "Show me a second thing first: then I can say where I look to tell them apart.",
  "test-few": () => "I can test myself once two classes have pictures.",
  "test-single": () => "I can test myself once a class has two pictures.",
  "test-gone": () => "The pictures changed during the test.",
  bug: () => "Something went wrong. Try again; the window in which showtell was started says more.",
};
