/** Logs the lines that it is sent, as the rotator would log its own. */
export async function handler({ lines }) {
  for (const line of lines) console.log(JSON.stringify(line));
}
