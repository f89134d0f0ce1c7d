// Compiles the Python files of an archive with the Python that will read them: node compile.mjs MODULES FROM TO
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, from, to] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(resolve(modules), "pyodide", "pyodide.mjs")).href);
const python = await loadPyodide();
python.FS.writeFile("/from.zip", readFileSync(from));
python.runPython(`
import py_compile, zipfile, os
with zipfile.ZipFile("/from.zip") as read, zipfile.ZipFile("/to.zip", "w", zipfile.ZIP_DEFLATED) as written:
    for name in read.namelist():
        data = read.read(name)
        if name.endswith(".py"):
            with open("/one.py", "wb") as file:
                file.write(data)
            py_compile.compile("/one.py", "/one.pyc", dfile=name, doraise=True, optimize=0,
                               invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
            with open("/one.pyc", "rb") as file:
                name, data = name + "c", file.read()
        written.writestr(name, data)
`);
writeFileSync(to, python.FS.readFile("/to.zip"));
