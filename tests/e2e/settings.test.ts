// The settings: sections with their own address, found by a box, on a phone first the list; nothing typed is lost by a step aside; who
// may not change a section is told so; addresses from before lead to the right place.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { at, Desk, openBrowser, openPage, Person } from "./desk.ts";

const password = "correct horse 9";
let desk: Desk, browser: Browser, owner: Person, agent: Person;
const faults: string[] = [];
const path = (page: Page) => new URL(page.url()).pathname;

before(async () => {
  desk = await Desk.start(at("2026-03-05 09:00"));
  owner = new Person(desk);
  await owner.ok("POST", "/setup", { shop: "青禾家居", template: "c14", owner: { name: "老板", job_number: "001", password } });
  owner = await Person.signIn(desk, "001", password);
  await owner.ok("POST", "/people", { name: "林晓", job_number: "101", role: "客服", password });
  agent = await Person.signIn(desk, "101", password);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await desk?.stop();
});

test("each section has an address; the box finds a single setting and leads to it", async () => {
  const page = await openPage(browser, desk, owner, 1440, 900, faults);
  await page.goto(desk.url + "/settings");
  await page.locator("section.panel h2").getByText("我的设置").waitFor();
  assert.equal(await page.locator("section.panel").count(), 1, "one section at a time");
  await page.getByRole("link", { name: "扣款的界限" }).click();
  await page.locator("#wsh").waitFor();
  assert.equal(path(page), "/settings/wages");
  await page.reload();
  await page.locator("#wsh").waitFor();
  await page.getByRole("searchbox", { name: "找设置" }).fill("招呼语");
  await page.locator(".seti").filter({ hasText: "英文招呼语" }).click();
  await page.locator("#cwe").waitFor();
  assert.equal(path(page), "/settings/window");
  await page.waitForFunction(() => document.activeElement?.id === "cwe");
  // a label of the server's, in a section never opened
  await page.getByRole("searchbox", { name: "找设置" }).fill("同时离席");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "ds-away_at_once");
  assert.equal(path(page), "/settings/presence");
  await page.getByRole("searchbox", { name: "找设置" }).fill("没有这样的");
  await page.getByText("没有找到“没有这样的”").waitFor();
  await page.goto(desk.url + "/settings#channels");
  await page.waitForURL("**/settings/channels");
  await page.goto(desk.url + "/settings/nothing");
  await page.getByText("设置里没有这一部分").waitFor();
  await page.context().close();
});

test("what is typed and not stored is asked about, kept, or dropped", async () => {
  const page = await openPage(browser, desk, owner, 1440, 900, faults);
  await page.goto(desk.url + "/settings/wages");
  await page.locator("#wap").fill("7");
  await page.getByRole("link", { name: "工作日历" }).click();
  const ask = page.getByRole("dialog", { name: "有改动还没存" });
  await ask.getByRole("button", { name: "留下接着改" }).click();
  assert.equal(path(page), "/settings/wages");
  assert.equal(await page.locator("#wap").inputValue(), "7", "what was typed is still there");
  await page.locator("nav.rail").getByRole("link", { name: "人员" }).click();
  await ask.getByRole("button", { name: "丢掉改动" }).click();
  await page.waitForURL("**/people");
  await page.goto(desk.url + "/settings/wages");
  await page.waitForFunction(() => (document.querySelector("#wap") as HTMLInputElement | null)?.value === "3");
  await page.locator("#wap").fill("7");
  await page.getByRole("button", { name: "存下" }).click();
  await page.getByText("已存下").waitFor();
  await page.getByRole("link", { name: "工作日历" }).click();
  await page.waitForURL("**/settings/calendar"); // stored: no question
  await page.context().close();
});

test("on a phone the list comes first; what is the manager's is not an agent's", async () => {
  const page = await openPage(browser, desk, agent, 390, 844, faults);
  await page.goto(desk.url + "/settings");
  await page.getByRole("link", { name: "会话标签" }).waitFor();
  assert.equal(await page.locator("section.panel").isVisible(), false);
  assert.equal(await page.getByRole("link", { name: "扣款的界限" }).count(), 0);
  for (const link of await page.locator(".seti").all()) assert.ok((await link.boundingBox())!.height >= 48, "a finger hits it");
  await page.getByRole("link", { name: "改密码" }).click();
  await page.locator("#po").waitFor();
  assert.equal(await page.getByRole("link", { name: "会话标签" }).isVisible(), false);
  await page.getByRole("link", { name: "全部设置" }).click();
  await page.getByRole("link", { name: "会话标签" }).waitFor();
  await page.goto(desk.url + "/settings/wages");
  await page.getByText("这一部分由部门经理设置").waitFor();
  await page.context().close();
  assert.deepEqual(faults, []);
});
