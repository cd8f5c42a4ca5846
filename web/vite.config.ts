// Builds index.html with its script and styles inside: one file without a request, which the program embeds.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

// Where the page goes; CMake gives the path.
const target = process.env.COTERIE_REPORT_TEMPLATE ?? resolve("dist/report.html");

// The policy lets nothing load and nothing run but this one script: a text of the data that became markup would still be dead.
function policy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post", // after the styles are gathered
    generateBundle(_, bundle) {
      let script = "";
      let style = "";
      for (const part of Object.values(bundle)) {
        if (part.type === "chunk") script += part.code;
        else if (part.fileName.endsWith(".css")) style += String(part.source);
      }
      script = script.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
      const page = readFileSync("index.html", "utf8")
        .replace("<!-- policy -->", () => `<meta http-equiv="Content-Security-Policy" content="${policy(script)}">`)
        .replace("<!-- style -->", () => `<style>${style.trim()}</style>`)
        .replace("<!-- script -->", () => `<script>${script}</script>`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, page);
    },
  };
}

export default defineConfig({
  build: {
    target: "es2021",
    outDir: dirname(target) + "/vite",
    emptyOutDir: false,
    cssCodeSplit: false,
    write: false,
    reportCompressedSize: false,
    rollupOptions: { input: "src/main.ts", output: { format: "iife", inlineDynamicImports: true } },
  },
  plugins: [oneFile()],
});
