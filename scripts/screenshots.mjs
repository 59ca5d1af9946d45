// Takes docs/images/panel-light.png and panel-dark.png from the running demo, for the README.
import { execFileSync } from "node:child_process";
import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openPage, rows, startBrowser, startDemo, until } from "../tests/e2e/harness.mjs";

const FOLDER = fileURLToPath(new URL("../docs/images/", import.meta.url));
const SIZE = { width: 1000, height: 540 };

await mkdir(FOLDER, { recursive: true });
const demo = await startDemo();
const browser = await startBrowser();
try {
  for (const colorScheme of ["light", "dark"]) {
    const { page, wrong, close } = await openPage(browser, demo.url, { colorScheme, viewport: SIZE });
    // The killed job's 200 lines would fill the picture.
    await page.getByLabel("Search").fill("-doomed");
    const has = async (words) => (await rows(page)).some(({ message }) => message.includes(words));
    for (const words of ["uploading", "skipped", "job failed"]) await until(() => has(words), words);
    await page.locator("jobtrail-panel .row", { hasText: "uploading" }).last().scrollIntoViewIfNeeded();
    const path = `${FOLDER}panel-${colorScheme}.png`;
    await page.screenshot({ path, animations: "disabled", caret: "hide" });
    shrink(path);
    console.log(`${path}: ${Math.round((await stat(path)).size / 1000)} KB`);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    await close();
  }
} finally {
  await browser.close();
  await demo.stop();
}

/** Makes the file smaller where a tool for that is there; without one the picture is as good. */
function shrink(path) {
  for (const [program, ...options] of [
    ["pngquant", "--force", "--skip-if-larger", "--output", path, "64", path],
    ["optipng", "-quiet", "-o5", path],
  ]) {
    try {
      execFileSync(program, options, { stdio: "ignore" });
    } catch (error) {
      // 98: pngquant could not make it smaller.
      if (error.code !== "ENOENT" && error.status !== 98) throw error;
    }
  }
}
