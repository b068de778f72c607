// CPython 3.14 as WebAssembly, in node: runs pytest on the course's folder.
// node run.mjs <folder of npm's pyodide> <folder of unpacked wheels> <the course> <pytest arguments>
import { pathToFileURL } from "node:url";

const [pyodide, site, course, ...args] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${pyodide}/` });
for (const [place, folder] of [["/site", site], ["/course", course]]) {
  python.FS.mkdirTree(place);
  python.mountNodeFS(place, folder);
}
python.globals.set("args", python.toPy(args));
process.exitCode = python.runPython(`
import os, sys
sys.dont_write_bytecode = True  # the course's own folder is mounted, not a copy
sys.path[:0] = ["/site", "/course", "/course/tests/pyodide"]
os.chdir("/course")
import pytest
print("Python", sys.version.split()[0], sys.platform)
int(pytest.main(list(args)))
`);
