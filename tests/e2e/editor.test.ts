// The rulebook's editor in a real browser, on the demo shop's month: a manager changes a figure without touching the rules' language, sees who
// would lose by it, publishes it; what happens then is judged by the new words, what happened before and arrives late by the old ones; two
// people write at once; an old version comes back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { at, Desk, openBrowser, openPage, Person, ROOT } from "./desk.ts";

const PASSWORD = "guiju-demo";
const pad = (n: number) => String(n).padStart(2, "0");
/** The wall clock of the desk's zone. */
const wall = (ms: number) => { const d = new Date(ms + 8 * 3600e3); return `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())} ${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`; };
const month = (ms: number) => wall(ms).slice(0, 7);

/** The demo shop in the middle of a month: on the first of one there would be nothing to try a draft on. */
async function demo(): Promise<{ desk: Desk; now: number }> {
  const folder = mkdtempSync(join(tmpdir(), "guiju-editor-")), made = "2026-03-20 14:26";
  execFileSync(process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju"), ["demo", "--now", made, "--data", folder, "--rulebooks", join(ROOT, "rulebooks")], { stdio: "ignore" });
  const now = at(made) + 60_000;
  return { desk: await Desk.start(now, folder), now };
}
const figure = (page: Page, name: string) => page.locator(`[id="fg-figure:${name}"]`);
const saved = (page: Page) => page.getByText(/草稿已存 \d/).first().waitFor({ timeout: 10000 });
async function greetings(owner: Person, ms: number) {
  const out: any[] = [];
  for (const p of (await owner.ok("GET", "/people")).items.filter((x: any) => x.role === "客服"))
    out.push(...((await owner.ok("GET", `/ledger?month=${month(ms)}&person=${p.id}`)).slips as any[]).filter((s) => s.clause?.id === "greeting" && s.seal !== "withdrawn"));
  return out;
}

test("a figure is changed, tried, published, and judges from then on", async (t) => {
  const faults: string[] = [], { desk, now } = await demo(), browser = await openBrowser();
  t.after(async () => { await browser.close(); await desk.stop(); });
  // the page has a session of its own: the desk's clock stands, so a session's allowance of requests does not grow
  const writer = await Person.signIn(desk, "001", PASSWORD), owner = await Person.signIn(desk, "001", PASSWORD), clerk = await Person.signIn(desk, "001", PASSWORD), agent = await Person.signIn(desk, "101", PASSWORD);
  const page = await openPage(browser, desk, writer, 1440, 900, faults);
  await page.goto(desk.url + "/book/figures");
  await figure(page, "首响限").fill("２０");
  await figure(page, "首响限").press("Enter");
  await page.getByText("32 个数，改了 1 个。").waitFor();
  await saved(page);
  assert.match((await owner.ok("GET", "/rulebook/draft")).source, /参数 首响限 = 20秒/);
  // the prose says 30 seconds for two different things: each place is asked for itself
  await page.getByText("30 秒", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "改成 20秒" }).first().click();
  await saved(page);

  await page.goto(desk.url + "/book/try");
  await page.selectOption("#tvm", month(now));
  await page.getByText(/人 少得|人少得/).first().waitFor({ timeout: 30000 });
  const row = page.locator(".tvl tbody tr").first();
  await row.waitFor();
  await row.click();
  const why = page.locator("dialog");
  await why.getByText("试算：", { exact: false }).first().waitFor();
  await why.getByText(/减去 20 秒/).waitFor();
  await page.keyboard.press("Escape");
  const before = await greetings(owner, now);
  assert.ok(before.every((s) => s.version === undefined || s.version === "1.0"), "a trial books nothing");

  // an example of the clause comes out differently: it is asked, and answered with one click
  await page.goto(desk.url + "/book/edit/greeting");
  await page.getByText(/例子照现在的规则算出来不一样/).first().waitFor({ timeout: 10000 });
  await page.getByRole("button", { name: "例子改成：得 罚款 小王 5元" }).first().click();
  await page.getByText("56 个例子全部算对").waitFor({ timeout: 10000 });
  await saved(page);

  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+r");
  await page.getByText(/人 少得|人少得/).first().waitFor({ timeout: 30000 });
  await desk.tick(now + 30_000);
  await page.getByRole("button", { name: "公布…" }).click();
  await page.locator("#bkf").fill(wall(now).slice(0, 10));
  // the sheet says which figure changed, and writes the news from it; raising the version's number did not make the trial an old one
  await page.getByText("这一稿试算过").waitFor();
  await page.getByRole("button", { name: "照改动填上：首次招呼由 30 秒改为 20 秒" }).click();
  assert.equal(await page.locator("#bkn").inputValue(), "首次招呼由 30 秒改为 20 秒");
  await page.getByRole("button", { name: /公布，.*起施行/ }).click();
  await page.waitForURL(/\/book\/versions/, { timeout: 15000 });
  await page.getByText("首次招呼由 30 秒改为 20 秒").waitFor();
  const versions = (await owner.ok("GET", "/rulebook/versions")).items;
  assert.deepEqual(versions.map((v: any) => [v.version, v.current]), [["1.0", false], ["1.1", true]]);
  assert.equal((await owner.ok("GET", "/rulebook/draft")).exists, false);

  // a customer now: 26 seconds are 6 too many
  await desk.tick(now + 60_000);
  await agent.ok("POST", "/presence", { state: "online" });
  const say = async (path: string, body: object) => (await (await fetch(desk.url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json()) as any;
  const { token } = await say("/w/start", { name: "试二十秒" });
  await say("/w/messages", { token, text: "在吗" });
  const talk = [...(await owner.ok("GET", "/conversations?box=colleagues")).items, ...(await owner.ok("GET", "/conversations?box=waiting")).items].find((c: any) => c.customer?.name === "试二十秒");
  assert.ok(talk, "the conversation is there");
  const who = [agent, await Person.signIn(desk, "102", PASSWORD), await Person.signIn(desk, "103", PASSWORD), await Person.signIn(desk, "104", PASSWORD)].find((p) => p.id === (talk.agent?.id ?? talk.agent));
  if (!who) await agent.ok("POST", `/conversations/${talk.id}/accept`);
  await desk.tick(now + 86_000);
  await (who ?? agent).ok("POST", `/conversations/${talk.id}/messages`, { text: "在的" });
  const fined = (await greetings(owner, now)).find((s) => s.object?.conversation === talk.id);
  assert.ok(fined, "26 s are fined by the new version");
  const judged = await owner.ok("GET", `/why/${fined.id}`);
  assert.equal(judged.clause.version, "1.1");
  assert.match(judged.clause.prose, /20 ?秒内/);

  // late facts of yesterday: 25 s are in time by the old words, 35 s are not, and the why quotes the words of then
  const then = now - 86_400_000, name = (await agent.me()).person.name;
  const log = [`${wall(then)} 迟到一: 在吗`, `${wall(then + 25_000)} ${name}: 在的`, `${wall(then + 600_000)} 迟到二: 在吗`, `${wall(then + 635_000)} ${name}: 在的`].join("\n") + "\n";
  await page.goto(desk.url + "/book/versions");
  const job = await clerk.ok("POST", "/imports/chat", new TextEncoder().encode(log) as any, { "Content-Type": "text/plain", "X-File-Name": "late.txt" });
  for (let i = 0; i < 50; i++) { const j = await clerk.ok("GET", `/imports/${job.id}`); if (["done", "failed"].includes(j.state)) break; await new Promise((r) => setTimeout(r, 100)); }
  await desk.tick(now + 600_000);
  const late = (await greetings(owner, then)).filter((s) => Math.abs(s.at - then) < 1_200_000 && /晚了 (5|25|15) 秒/.test(s.detail + s.title + (s.text ?? "")));
  assert.equal(late.length, 1, "only the 35 seconds: " + JSON.stringify(late.map((s) => s.detail)));
  const old = await owner.ok("GET", `/why/${late[0].id}`);
  assert.equal(old.clause.version, "1.0");
  assert.match(old.clause.prose, /30 秒内要打招呼/);

  // and back: version 1.0 again, with a number of its own
  await page.goto(desk.url + "/book/versions");
  await page.getByRole("button", { name: "退回这一版" }).first().click();
  await page.getByRole("button", { name: "拿来做草稿" }).last().click();
  await page.waitForURL(/\/book\/edit/);
  await page.getByText("草稿，改了", { exact: false }).first().waitFor();
  assert.match((await owner.ok("GET", "/rulebook/draft")).source, /版本 1\.2[\s\S]*首响限 = 30秒/);
  await page.getByRole("button", { name: "公布…" }).click();
  await page.getByRole("button", { name: /公布，.*起施行/ }).click();
  await page.waitForURL(/\/book\/versions/, { timeout: 15000 });
  assert.equal((await owner.ok("GET", "/rulebook/versions")).items.at(-1).version, "1.2");

  // tried against an earlier version, in both languages: 30 seconds instead of the 20 of version 1.1 cost nobody anything
  await page.goto(desk.url + "/book/try");
  await page.locator('#tvb option[value="1.1"]').waitFor({ state: "attached" });
  await page.selectOption("#tvm", month(now));
  await page.getByText(/的结果和现行的第 1\.\d 版一样|人少得|人多得/).first().waitFor({ timeout: 30000 });
  await page.selectOption("#tvb", "1.1");
  await page.getByText(/拿第 1\.1 版和草稿比/).waitFor({ timeout: 30000 });
  await page.getByText(/人 多得|人多得/).first().waitFor();
  await page.getByText("没有人少得").waitFor();
  const changed = page.locator(".tvl tbody tr", { hasText: "数目变了" }).first(), gone = page.locator(".tvl tbody tr", { hasText: "没有了" }).first();
  await changed.click();
  await why.getByText(/减去 30 秒/).waitFor();
  await why.getByRole("tab", { name: "1.1 版" }).click();
  await why.getByText(/减去 20 秒/).waitFor();
  await page.keyboard.press("Escape");
  await gone.click();
  await why.getByText("照草稿，没有这一笔。").waitFor();
  await why.getByText(/减去 20 秒/).waitFor();
  await page.keyboard.press("Escape");
  await page.evaluate(() => localStorage.setItem("lang", "en"));
  await page.reload();
  await page.locator('#tvb option[value="1.1"]').waitFor({ state: "attached" });
  await page.selectOption("#tvm", month(now));
  await page.selectOption("#tvb", "1.1");
  await page.getByText("Compared: version 1.1 and the draft", { exact: false }).waitFor({ timeout: 30000 });
  assert.doesNotMatch(await page.locator(".tvq").innerText(), /[\u4e00-\u9fff]/);
  assert.deepEqual(faults, []);
});

test("two people write at once: nothing is lost, a conflict is shown with both texts, a power cut costs nothing", async (t) => {
  const faults: string[] = [], browser = await openBrowser();
  let { desk, now } = await demo();
  t.after(async () => { await browser.close(); await desk.stop(); });
  const owner = await Person.signIn(desk, "001", PASSWORD);
  const role = (await owner.me()).person.role as string;
  await owner.ok("POST", "/people", { name: "另一位经理", job_number: "009", role, password: PASSWORD + "-9" });
  const other = await Person.signIn(desk, "009", PASSWORD + "-9");
  const one = await openPage(browser, desk, owner, 1440, 900, faults), two = await openPage(browser, desk, other, 1440, 900, faults);
  await one.goto(desk.url + "/book/edit/greeting");
  await two.goto(desk.url + "/book/edit/complaints");
  const write = async (page: Page, clause: string, words: string) => {
    const c = page.locator(`article:has(small:text-is("#${clause}"))`);
    await c.locator(".ptx.prose p").first().click();
    await c.locator(".pte .cm-editor.cm-focused").waitFor();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type(words);
  };
  await write(one, "greeting", "一号写的。");
  await write(two, "complaints", "二号写的。");
  await saved(one);
  await saved(two);
  await one.getByText("二号写的。").waitFor({ timeout: 15000 });
  await two.getByText("一号写的。").waitFor({ timeout: 15000 });
  await one.getByTitle("另一位经理 也在改").first().waitFor({ timeout: 15000 });
  const both = (await owner.ok("GET", "/rulebook/draft")).source as string;
  assert.ok(both.includes("一号写的。") && both.includes("二号写的。"));

  // the same line on both sides: the second one is told, and nothing of either is gone
  await other.ok("PUT", "/rulebook/draft", { ...(await (async () => { const d = await other.ok("GET", "/rulebook/draft"); return { revision: d.revision, source: d.source.replace("一号写的。", "二号改成这样。") }; })()) });
  await one.keyboard.type("又加一句。");
  await one.getByText("你和别人改了同一处", { exact: false }).first().waitFor({ timeout: 15000 });
  const card = one.locator(".cfl");
  await card.getByText("又加一句。", { exact: false }).first().waitFor();
  await card.getByText("二号改成这样。", { exact: false }).first().waitFor();
  await card.getByRole("button", { name: "用我的" }).click();
  await one.waitForFunction(() => !document.querySelector(".cfl"));
  for (let i = 0; i < 200 && !(await owner.ok("GET", "/rulebook/draft")).source.includes("又加一句。"); i++) await new Promise((r) => setTimeout(r, 50));
  assert.ok((await owner.ok("GET", "/rulebook/draft")).source.includes("又加一句。"));

  // a power cut, and the draft is where it was
  const last = await owner.ok("GET", "/rulebook/draft");
  const { folder, port } = desk;
  await desk.kill();
  desk = await Desk.start(now + 120_000, folder, port);
  const again = await (await Person.signIn(desk, "001", PASSWORD)).ok("GET", "/rulebook/draft");
  assert.equal(again.source, last.source);
  assert.equal(again.revision, last.revision);
  assert.deepEqual(faults.filter((f) => !/ERR_|WebSocket|Failed to load/.test(f)), []);
});
