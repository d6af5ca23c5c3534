/**
 * The shapes that travel between the page and Python (docs/protocol.md) and inside the page. Types only, no code.
 *
 * @typedef {{label: string, count: number, examples: string[], enabled?: boolean}} ClassState
 * @typedef {{code: string, text: string, values: Record<string, string | number | null | string[] | Coded>}} Coded a sentence of Python's, `text`, with what it says
 * @typedef {{file: string, reason: string, said?: Coded | null}} FileProblem
 *
 * @typedef {object} State
 * @property {"state"} type
 * @property {number | null} ref
 * @property {string} dataset
 * @property {string} path
 * @property {number} crop
 * @property {ClassState[]} classes
 * @property {string | null} undo
 * @property {string | null} [redo]
 * @property {Coded | null} [undo_said]
 * @property {Coded | null} [redo_said]
 * @property {number} [unknown_below]
 * @property {boolean} learning
 * @property {FileProblem[]} problems
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
 * @typedef {{finding: string, kind: string, reason: string, said?: Coded | null, examples: string[], labels: string[], label: string, to: string | null}} Finding `labels` of the examples
 * @typedef {[example: string, label: string, x: number, y: number]} Point
 *
 * @typedef {object} Report the part that the page shows of docs/report.md
 * @property {number} tested
 * @property {number} accuracy
 * @property {{low: number, high: number}} interval
 * @property {string[]} once
 * @property {{label: string}[]} classes
 * @property {{label: string, answer: string | null, examples: string[]}[]} confusion
 * @property {string[]} advice
 *
 * @typedef {{type: "report", ref: number, report: Report, said?: (Coded | null)[]}} Reported
 * @typedef {{type: "findings", ref: number, findings: Finding[]}} Found
 * @typedef {{type: "points", ref: number, points: Point[]}} Points
 * @typedef {{pin: string, label: string | null, holds: boolean | null, answer: string | null, problem: string | null, said: Coded | null}} PinState `holds`: null while nothing is taught
 * @typedef {{type: "pins", ref: number | null, pins: PinState[]}} Pins
 * @typedef {{type: "heat", ref: number, label: string, rows: number, columns: number}} HeatReply
 * @typedef {{type: "imported", ref: number, added: number, labels: string[], problems: FileProblem[]}} Imported
 * @typedef {{type: "piece", ref: number, piece: number, last: boolean, name: string}} Piece
 * @typedef {{type: "examples", ref: number, label: string, from: number, count: number, examples: string[]}} Examples
 * @typedef {{type: "saved", ref: number, label: string, example: string, count: number}} Saved
 * @typedef {{type: "thumbnail", ref: number, example: string}} Thumbnail
 * @typedef {{type: "error", ref: number | null, message: string, said?: Coded | null}} Failure
 * @typedef {{type: "skipped" | "done", ref: number}} Plain
 * @typedef {State | Answer | Saved | Thumbnail | Failure | Plain | Reported | Found | Points | Pins | HeatReply | Imported | Piece | Examples} Incoming
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
 */
export {};
