/**
 * The browser's getUserMedia: how a camera is opened, why that fails, how it is let go.
 * @typedef {"insecure" | "refused" | "absent" | "busy" | "lost" | "silent" | "scrambled" | "failed"} CameraProblem
 */

/** Why getUserMedia failed. @param {unknown} error @returns {CameraProblem} */
export function problemOf(error) {
  switch (/** @type {Error} */ (error).name) { // not always an Error: notebooks wrap getUserMedia
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "absent";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

/**
 * A camera's stream, near the size that is asked for; any camera's, if the one that is meant is not there.
 * @param {MediaTrackConstraints} which @param {{width: number, height: number}} size @returns {Promise<MediaStream>}
 */
export async function openStream(which, { width, height }) {
  const wanted = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...which } });
  } catch (error) {
    if (!Object.keys(which).length || problemOf(error) !== "absent") throw error;
    return navigator.mediaDevices.getUserMedia({ video: wanted }); // the one used last is not there today
  }
}

/** Might the browser be asking whether the camera is allowed? Some say that it was allowed before. @returns {Promise<boolean>} */
export async function mayBeAsking() {
  const permission = await navigator.permissions?.query({ name: /** @type {PermissionName} */ ("camera") }).catch(() => null);
  return permission?.state !== "granted";
}

/** Stops the stream, and with it the camera's light. @param {MediaStream | null} stream */
export function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
