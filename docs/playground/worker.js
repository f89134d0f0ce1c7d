// Python in a worker. It takes { number, verb, asked } and answers { number, result } or { number, failed }.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const ready = (async () => {
  const archive = fetch(new URL("site.zip", import.meta.url)).then((answer) => answer.arrayBuffer());
  const python = await loadPyodide({ indexURL: new URL("pyodide/", import.meta.url).href });
  python.FS.writeFile("/site.zip", new Uint8Array(await archive));
  return python.runPython('import sys; sys.path.insert(0, "/site.zip"); import play; play.run');
})();
ready.then(() => postMessage({ ready: true }), (error) => postMessage({ failed: String(error) }));

onmessage = async ({ data: { number, verb, asked } }) => {
  try {
    postMessage({ number, result: JSON.parse((await ready)(verb, JSON.stringify(asked))) });
  } catch (error) {
    postMessage({ number, failed: String(error).trim().split("\n").at(-1) });
  }
};
