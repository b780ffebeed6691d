// Builds `dist`: each file's name has the hash of its content, so that a browser may keep it for ever.
// `manifest.json` says which file stands for which name; the server reads it at its start.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const HASH_LETTERS = 12;

async function write(manifest, name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, HASH_LETTERS);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  await writeFile(join(dist, hashed), content);
  // The server gives these to whoever takes them, and need not compress anything itself.
  await writeFile(join(dist, `${hashed}.gz`), gzipSync(content, { level: 9 }));
  await writeFile(join(dist, `${hashed}.br`), brotliCompressSync(content));
  manifest[name] = hashed;
}

async function bundle(manifest, entry, name) {
  const result = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    target: ["es2022"],
    format: "iife",
    legalComments: "eof",
    loader: { ".svg": "dataurl" },
    outfile: join(dist, name),
  });
  await write(manifest, name, result.outputFiles[0].contents);
}

async function sprite(manifest) {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = await Promise.all(
    names.map(async (name) => {
      const path = join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
      const text = (await readFile(path, "utf8")).replace(/<!--[\s\S]*?-->/g, "");
      const inner = text.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ").trim();
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
    }),
  );
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  await write(manifest, "icons.svg", Buffer.from(text));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const manifest = {};
await bundle(manifest, "console.ts", "console.js");
await bundle(manifest, "theme.ts", "theme.js");
await bundle(manifest, "console.css", "console.css");
await sprite(manifest);
await write(manifest, "mark.svg", await readFile(join(here, "src/mark.svg")));
// Last, so that a build that was cut short is taken for none.
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 1));
