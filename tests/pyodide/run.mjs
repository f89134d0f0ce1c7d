// Runs pytest on Pyodide: node run.mjs <folder with node_modules and wheels> <repository> <pytest arguments…>
import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, repository, ...pytestArguments] = process.argv.slice(2);
const require = createRequire(join(folder, "index.js"));
const { loadPyodide } = await import(pathToFileURL(require.resolve("pyodide/pyodide.mjs")).href);
const python = await loadPyodide({ env: { HOME: "/home", PYTHONDONTWRITEBYTECODE: "1" } });

for (const wheel of readdirSync(join(folder, "wheels"))) {
  const bytes = new Uint8Array(readFileSync(join(folder, "wheels", wheel)));
  python.unpackArchive(bytes, "zip", { extractDir: "/site" });
}
python.FS.mkdir("/repository");
python.FS.mount(python.FS.filesystems.NODEFS, { root: repository }, "/repository");
const shared = join(repository, "..", "shared");
if (existsSync(shared)) {
  python.FS.mkdir("/shared");
  python.FS.mount(python.FS.filesystems.NODEFS, { root: shared }, "/shared");
}
python.globals.set("pytest_arguments", python.toPy(pytestArguments));

const status = await python.runPythonAsync(`
import os, sys
sys.path[:0] = ["/site"]
os.chdir("/repository")
print("Python", sys.version)
import pytest
int(pytest.main(list(pytest_arguments)))
`);
process.exit(status);
