// Builds the pages into dist/. What a phone loads first must stay small: tests/unit/test_page_size.py weighs it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;
const texts = JSON.parse(readFileSync(resolve(here, "texts.zh.json"), "utf8"));

/** The decoder's default is to fetch its wasm from a foreign server. We name our own file; the default must not even exist. */
const withoutForeignServer: Plugin = {
  name: "without-foreign-server",
  enforce: "pre",
  transform: (code, id) => (id.includes("zxing-wasm") ? code.replaceAll("https://fastly.jsdelivr.net/npm/", "/widget/") : null),
};

/** `%page.title%` in a page's HTML stands for those words of texts.zh.json. */
const words: Plugin = {
  name: "words",
  transformIndexHtml: (html) =>
    html.replace(/%(\w+)\.(\w+)%/g, (_, part: string, name: string) => {
      const found = texts[part]?.[name];
      if (typeof found !== "string") throw new Error(`texts.zh.json has no ${part}.${name}`);
      return found;
    }),
};

export default defineConfig({
  root: resolve(here, "pages"),
  base: "/widget/",
  publicDir: resolve(here, "public"),
  // The loader is a plain script without imports, so its few words are written into it.
  define: { LOADER_TEXTS: JSON.stringify(texts.loader) },
  plugins: [withoutForeignServer, words],
  resolve: {
    // The "browser" field of ChatUI names a bundle five times the size.
    mainFields: ["module", "main"],
    alias: [
      { find: /^react(-dom)?$/, replacement: "preact/compat" },
      // Every engine that knows ES modules has it.
      { find: "intersection-observer", replacement: resolve(here, "src/nothing.ts") },
    ],
  },
  build: {
    outDir: resolve(here, "dist"),
    emptyOutDir: true,
    // Chrome 80 is the oldest WebView that still gets updates from Chinese vendors; iOS 14 the oldest Safari with them.
    target: ["chrome80", "safari14"],
    cssTarget: ["chrome80", "safari14"],
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: resolve(here, "pages/index.html"),
        inbox: resolve(here, "pages/inbox.html"),
        loader: resolve(here, "src/loader.ts"),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === "loader" ? "loader.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  test: { root: here, include: ["src/**/*.test.{ts,tsx}"] },
  server: { proxy: { "/api": { target: process.env.GATEWAY ?? "http://127.0.0.1:8080" } } },
});
