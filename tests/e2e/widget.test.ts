// The customer on a phone: a shop's page with a strict policy and Trusted Types, waiting in the queue, a talk with pictures, the network
// gone and back, two tabs, storage blocked, rating, earlier talks; and nobody there. Real desk, real browser, no error on the console.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Desk, Person, openBrowser, setUp } from "./desk.ts";
import { freePort } from "../support/free_port.ts";

let desk: Desk, browser: Browser, owner: Person, agent: Person, shop: Server, shopUrl = "";
const faults: string[] = [];
const policy = () => `default-src 'none'; script-src ${desk.url}; connect-src ${desk.url} ${desk.url.replace("http", "ws")}; img-src ${desk.url}; require-trusted-types-for 'script'; trusted-types 'none'`;

before(async () => {
  desk = await Desk.start();
  const first = await setUp(desk);
  owner = first.owner;
  agent = await first.hire("林晓", "101", "客服", "busy");
  const port = await freePort();
  shop = createServer((q, r) => {
    r.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...(q.url!.startsWith("/strict") ? { "Content-Security-Policy": policy() } : {}) });
    r.end(`<!doctype html><html lang="${q.url!.includes("en") ? "en" : "zh-CN"}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>店</title><h1>胡桃木边几</h1><script src="${desk.url}/w.js" defer></script>`);
  }).listen(port, "127.0.0.1");
  shopUrl = `http://127.0.0.1:${port}`;
  browser = await openBrowser();
});
after(async () => { await browser?.close(); shop?.close(); await desk?.stop(); });

async function phone(path = "/strict", setup?: (c: BrowserContext) => Promise<void>): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce" });
  await setup?.(context);
  return { context, page: await visit(context, path) };
}
async function visit(context: BrowserContext, path = "/strict") {
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error" && !/ERR_INTERNET_DISCONNECTED|WebSocket connection|favicon|status of 4\d\d|ERR_FAILED|ERR_CONNECTION/.test(m.text() + m.location().url)) faults.push(m.text()); });
  await page.goto(shopUrl + path);
  await page.locator(".go").waitFor();
  return page;
}
const waiting = async () => (await agent.ok("GET", "/conversations?box=waiting")).items as any[];
const write = async (page: Page, text: string) => { await page.locator("textarea").first().fill(text); await page.getByRole("button", { name: "发送" }).click(); };
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
let talk = "";

test("under a strict policy: asks, waits in the queue, is served, sends a picture, sees typing, changes and what was taken back", async () => {
  const { page, context } = await phone();
  await page.locator(".go").tap();
  const box = page.getByRole("dialog");
  await box.getByText("您好，有什么可以帮您？").waitFor();
  const size = await box.boundingBox();
  assert.deepEqual([size!.width, Math.round(size!.height)], [390, 780], "the whole phone");
  await write(page, "桌面有一道划痕");
  await box.getByText(/下一位就是您/).waitFor();
  talk = (await waiting())[0].id;
  await agent.ok("POST", "/presence", { state: "online", presence: "online" });
  await agent.ok("POST", `/conversations/${talk}/accept`);
  const said = await agent.ok("POST", `/conversations/${talk}/messages`, { text: "请发张照片" });
  await box.getByText("请发张照片").waitFor();
  await box.getByText("林晓", { exact: true }).waitFor();
  await agent.ok("POST", `/conversations/${talk}/typing`);
  await box.getByText("林晓 正在输入").waitFor();
  await page.locator('input[type="file"]').setInputFiles({ name: "划痕.png", mimeType: "image/png", buffer: PNG });
  await box.locator("img.pi").waitFor();
  await page.waitForFunction(() => { const i = document.querySelector("div[lang]")!.shadowRoot!.querySelector<HTMLImageElement>("img.pi"); return i!.complete && i!.naturalWidth === 1; });
  await page.locator('input[type="file"]').setInputFiles({ name: "big.bin", mimeType: "application/zip", buffer: Buffer.alloc(21 << 20) });
  await box.getByText("文件超过 20 MB，没有发").waitFor();
  const slip = await agent.ok("POST", `/conversations/${talk}/messages`, { text: "说错了" });
  await box.getByText("说错了").waitFor();
  await agent.ok("POST", `/conversations/${talk}/recall`, { message: slip.id });
  await box.getByText("对方撤回了一条消息").waitFor();
  await agent.ok("POST", `/conversations/${talk}/edit`, { message: said.id, text: "请发两张照片" });
  await box.getByText("请发两张照片").waitFor();
  await box.getByText("改过").waitFor();
  assert.equal(await box.getByText("说错了").count(), 0);
  await box.getByRole("button", { name: "表情" }).click();
  await box.getByRole("button", { name: "🙏" }).click();
  assert.equal(await page.locator("textarea").inputValue(), "🙏");
  await page.keyboard.press("Enter");
  await box.locator(".u.me", { hasText: "🙏" }).waitFor();
  await box.getByText(/已送达/).waitFor();
  const seq = (await agent.ok("GET", `/conversations/${talk}`)).messages.at(-1).seq;
  await agent.ok("POST", `/conversations/${talk}/read`, { seq });
  await box.getByText("已读").waitFor();
  assert.deepEqual(faults, []);
  // the network goes: what is written is kept and said once
  await context.setOffline(true);
  await write(page, "断网时说的话");
  await box.getByText(/没送出/).waitFor();
  await page.close();
  const again = await context.newPage();
  await context.setOffline(false);
  await again.goto(shopUrl + "/strict");
  const other = await visit(context);
  for (const p of [again, other]) { await p.locator(".go").tap(); await p.getByText("断网时说的话").waitFor(); }
  await other.getByText(/已送达|已读/).waitFor();
  assert.equal((await agent.ok("GET", `/conversations/${talk}`)).messages.filter((m: any) => m.text === "断网时说的话").length, 1, "two tabs and a break: once");
  await agent.ok("POST", `/conversations/${talk}/messages`, { text: "两边都看得到" });
  for (const p of [again, other]) await p.getByText("两边都看得到").waitFor();
  // the end: four optional questions
  await agent.ok("POST", `/conversations/${talk}/close`, { reason: "说完了", deal: false, no_deal_reason: "其他" });
  await other.getByText("这次的服务，您打几分").waitFor();
  const quick = other.getByRole("group", { name: "回得快不快" });
  await quick.getByRole("button", { name: "5 很满意" }).click();
  await other.getByRole("group", { name: "事情办成没有" }).getByRole("button", { name: "3" }).click();
  await other.getByPlaceholder("还想说点什么").fill("谢谢林晓");
  await other.getByRole("button", { name: "送出评价" }).click();
  await other.getByText("谢谢您的评价").waitFor();
  assert.equal((await agent.ok("GET", `/conversations/${talk}`)).rating, 4);
  // earlier talks
  await other.getByRole("button", { name: "以前的会话" }).click();
  await other.locator(".pr").first().click();
  await other.locator(".hi").getByText("桌面有一道划痕").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("by keyboard alone; Escape closes the top layer; storage blocked; English", async () => {
  const { page, context } = await phone("/strict?en", async (c) => { await c.addInitScript(() => { Object.defineProperty(window, "localStorage", { get() { throw new DOMException("blocked", "SecurityError"); } }); }); });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const box = page.getByRole("dialog");
  await box.getByText("Hello, how can we help?").waitFor();
  await page.keyboard.type("Is it oak?");
  await page.keyboard.press("Enter");
  await box.getByText(/Delivered|Read/).waitFor();
  for (let i = 0; i < 12; i++) { await page.keyboard.press("Tab"); assert.ok(await page.evaluate(() => document.activeElement?.shadowRoot), "the keyboard stays in the window that covers the page"); }
  await page.keyboard.press("Escape");
  await page.locator(".go").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("nobody there: when somebody is back, and a message is left", async () => {
  for (const who of [agent, owner]) await who.ok("POST", "/presence", { state: "offline", presence: "offline" });
  await owner.ok("PUT", "/settings/widget", { colour: "#c47f0b", side: "left", greeting: "青禾家居，您请说", avatar: "禾" });
  const { page, context } = await phone();
  await page.locator(".go").tap();
  const box = page.getByRole("dialog");
  await box.getByText("青禾家居，您请说").waitFor();
  await box.getByText("客服现在不在").waitFor();
  await box.getByLabel("想问什么").fill("到货了叫我");
  await box.getByRole("button", { name: "留言" }).click();
  await box.getByText("请留下邮箱或电话，我们好回复您").waitFor();
  await box.getByLabel("怎么称呼您").fill("小满");
  await box.getByLabel("电话").fill("139 0000 1111");
  await box.getByRole("button", { name: "留言" }).click();
  await box.getByText(/留言收到了/).waitFor();
  await box.locator(".u.me", { hasText: "到货了叫我" }).waitFor();
  const left = (await waiting()).find((c) => c.channel === "网页留言");
  assert.equal(left.customer.name, "小满");
  assert.equal(await box.locator("form").count(), 0);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("div[lang]")!.shadowRoot!.querySelector(".go")!).color), "rgb(20, 32, 27)", "dark words on amber");
  assert.deepEqual(faults, []);
  await context.close();
});
