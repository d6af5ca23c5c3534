/**
 * One message on the websocket: the length of the JSON (uint32, little-endian), the JSON in UTF-8, the buffer.
 * @import {Bytes, Incoming, Outgoing} from "./types.js"
 */

/** @param {Bytes} bytes */
export function asUint8(bytes) {
  return bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * @param {Outgoing} content
 * @param {Bytes} [buffer]
 * @returns {ArrayBuffer}
 */
export function encode(content, buffer) {
  const json = new TextEncoder().encode(JSON.stringify(content));
  const tail = buffer ? asUint8(buffer) : new Uint8Array(0);
  const message = new Uint8Array(4 + json.length + tail.length);
  new DataView(message.buffer).setUint32(0, json.length, true);
  message.set(json, 4);
  message.set(tail, 4 + json.length);
  return message.buffer;
}

/**
 * @param {ArrayBuffer} message
 * @returns {{content: Incoming, buffer: Uint8Array<ArrayBuffer>}}
 */
export function decode(message) {
  if (message.byteLength < 4) throw new RangeError(`a message has at least 4 bytes, this one has ${message.byteLength}`);
  const length = new DataView(message).getUint32(0, true);
  if (4 + length > message.byteLength) throw new RangeError(`the JSON should have ${length} bytes, only ${message.byteLength - 4} arrived`);
  const json = new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(message, 4, length));
  return { content: JSON.parse(json), buffer: new Uint8Array(message, 4 + length) };
}
