/**
 * The shapes that travel between the page and Python (docs/protocol.md) and inside the page. Types only, no code.
 *
 * @typedef {{label: string, count: number, examples: string[]}} ClassState
 *
 * @typedef {object} State
 * @property {"state"} type
 * @property {number | null} ref
 * @property {string} dataset
 * @property {string} path
 * @property {number} crop
 * @property {ClassState[]} classes
 * @property {string | null} undo
 * @property {boolean} learning
 * @property {{file: string, reason: string}[]} problems
 *
 * @typedef {{label: string, distance: number, example: string | null}} Neighbour
 *
 * @typedef {object} Answer
 * @property {"answer"} type
 * @property {number} ref
 * @property {string} sentence
 * @property {string | null} label
 * @property {number} confidence
 * @property {number} familiarity
 * @property {[string, number][]} scores
 * @property {Neighbour[]} evidence
 * @property {number} ms
 *
 * @typedef {{type: "saved", ref: number, label: string, example: string, count: number}} Saved
 * @typedef {{type: "thumbnail", ref: number, example: string}} Thumbnail
 * @typedef {{type: "error", ref: number | null, message: string}} Failure
 * @typedef {{type: "skipped" | "done", ref: number}} Plain
 * @typedef {State | Answer | Saved | Thumbnail | Failure | Plain} Incoming
 *
 * @typedef {{type: string, [field: string]: unknown}} Outgoing
 * @typedef {ArrayBuffer | Uint8Array | DataView} Bytes
 *
 * The part of an anywidget model that the page uses; in a browser page socket.js plays this part.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, handler: (...args: any[]) => void) => void} on
 * @property {(event: string, handler: (...args: any[]) => void) => void} off
 * @property {(content: Outgoing, callbacks?: any, buffers?: any[]) => void} send
 *
 * @typedef {"insecure" | "refused" | "absent" | "busy" | "lost" | "silent" | "failed"} CameraProblem
 */
export {};
