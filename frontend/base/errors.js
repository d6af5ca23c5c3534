/** What went wrong, in words. @param {unknown} why something that was thrown @returns {string} */
export function messageOf(why) {
  return why instanceof Error ? why.message : String(why);
}
