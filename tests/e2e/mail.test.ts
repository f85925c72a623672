// Letters as people meet them on the pages, against a real mail server: a letter comes in with a file, is read, answered with a copy and a
// file, the answer arrives; one that comes back says so under its words; a letter the rulebook keeps out is let in by the leader; two
// records of one customer are joined and parted again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { MailServer, parts, secret, words } from "../blackbox/mail_server.ts";
import { Desk, openBrowser, openPage, Person, PASSWORD, setUp } from "./desk.ts";

const mail = new MailServer(), faults: string[] = [];
let desk: Desk, browser: Browser, owner: Person, agent: Person;
let n = 0;
const letter = (from: string, name: string, subject: string, text: string, more = "Content-Type: text/plain; charset=utf-8\n") =>
  `From: ${name} <${from}>\nTo: desk@shop.test\nSubject: ${subject}\nMessage-ID: <e${++n}.${process.pid}@buyer.test>\nDate: ${new Date().toUTCString()}\nMIME-Version: 1.0\n${more}\n${text}\n`;
const box = (user: string) => ({ name: "客服邮箱", address: `${user}@shop.test`, password: secret, settings: { in: { host: "127.0.0.1", port: mail.imap, security: "none", user: `${user}@shop.test` }, out: { host: "127.0.0.1", port: mail.smtp, security: "none", user: `${user}@shop.test` }, poll_s: 1, most_mb: 5, signature: "小店客服部" } });
const row = (page: Page, name: string) => page.locator(".qr").filter({ hasText: name });
/** With GUIJU_SHOTS=FOLDER the pictures of docs/screens, on a wide screen and on a phone. */
const SHOTS = process.env.GUIJU_SHOTS;
async function shot(page: Page, name: string, widths = [1440, 390]) {
  if (!SHOTS) return;
  const was = page.viewportSize()!;
  for (const width of widths) { await page.setViewportSize({ width, height: width > 500 ? 900 : 844 }); await page.waitForTimeout(500); await page.screenshot({ path: `${SHOTS}/${name}-${width}.png` }); }
  await page.setViewportSize(was);
}
const send = (page: Page) => page.locator("button.btn.p").filter({ hasText: /发送|寄出|回复/ }).first();

before(async () => {
  await mail.start();
  desk = await Desk.start();
  const first = await setUp(desk);
  owner = first.owner;
  agent = await first.hire("林晓", "101", "客服", "online");
  await owner.ok("POST", "/channels", box("desk"));
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await desk?.stop();
  await mail.end();
});

test("a letter with a file is read, answered with a copy and a file, and arrives", async () => {
  const page = await openPage(browser, desk, agent, 1440, 900, faults);
  page.setDefaultTimeout(30_000);
  await page.goto(desk.url + "/desk");
  const body = `--B\nContent-Type: text/plain; charset=utf-8\n\n桌面有一道划痕，照片在附件里。\n--B\nContent-Type: text/csv; name=order.csv\nContent-Disposition: attachment; filename=order.csv\n\nno,qty\n45,1\n--B--`;
  await mail.send("amy@buyer.test", "desk@shop.test", letter("amy@buyer.test", "Amy Chan", "=?utf-8?B?5YiS55eV?=", body, "Content-Type: multipart/mixed; boundary=B\n"));
  await row(page, "Amy Chan").click();
  const thread = page.getByRole("log").or(page.locator(".cv"));
  await thread.getByText("桌面有一道划痕，照片在附件里。").first().waitFor();
  await page.locator(".mlh").getByText("划痕").waitFor();
  await page.getByText("order.csv").first().waitFor();
  await page.locator(".mls").first().click();
  await page.locator(".mlh dd").getByText("a***@buyer.test").waitFor();
  // the answer says where it goes; a wrong copy is named, a right one stays
  await page.getByText("用邮件回复：").waitFor();
  await page.locator(".mrt").getByRole("button", { name: "抄送" }).click();
  const cc = page.locator(".mrc input");
  await cc.fill("nobody");
  await cc.press("Enter");
  await page.getByText("“nobody”不是邮箱地址").waitFor();
  await cc.fill("bob@buyer.test");
  await cc.press("Enter");
  await page.locator(".mrc .chip").getByText("bob@buyer.test").waitFor();
  await page.locator('.tb input[type="file"]:not([accept])').setInputFiles({ name: "报价.csv", mimeType: "text/csv", buffer: Buffer.from("名,价\n桌,429\n") });
  await page.getByText("报价.csv").first().waitFor();
  await page.locator("textarea.ta").fill("Amy 您好，给您换新的，报价在附件。");
  await page.waitForFunction(() => !document.querySelector(".up, .uploading"));
  await page.locator("textarea.ta").press("Enter");
  await page.locator(".mlk").getByText("已寄出").waitFor();
  const got = (await mail.until("amy", 1))[0]!;
  assert.equal(got.head.cc, "bob@buyer.test");
  assert.match(words(got.head.subject!), /^Re: 划痕/);
  assert.ok(parts(got).some((p) => p.name === "报价.csv" && p.bytes.toString() === "名,价\n桌,429\n"), "the file went along");
  assert.equal((await mail.until("bob", 1)).length, 1);
  await shot(page, "mail");
  // a copy that the server refuses is told once, under the words, which stay where they are
  await page.locator(".mrt").getByRole("button", { name: "抄送" }).click();
  const again = page.locator(".mrc input");
  await again.fill("unknown@buyer.test");
  await again.press("Enter");
  await page.locator("textarea.ta").fill("也抄送给您先生。");
  await page.locator("textarea.ta").press("Enter");
  await page.getByText(/抄送没有寄到：u\*\*\*@buyer\.test 那边不收（550 no such mailbox here）/).waitFor();
  assert.equal(await page.locator(".mld.amber").count(), 1);
  const at = await page.getByText("也抄送给您先生。").last().boundingBox();
  assert.ok(at && at.width > 60 && at.height < 60, JSON.stringify(at));
  await shot(page, "mail-copy");
  await page.context().close();
});

test("an answer that comes back says so under its words, and can be sent again", async () => {
  const page = await openPage(browser, desk, agent, 390, 844, faults);
  page.setDefaultTimeout(30_000);
  await page.goto(desk.url + "/desk");
  await mail.send("late@buyer.test", "desk@shop.test", letter("late@buyer.test", "Late Li", "Hello", "你们还在吗"));
  await row(page, "Late Li").click();
  await page.getByText("用邮件回复：").waitFor();
  await page.locator("textarea.ta").fill("在的，您说");
  await page.locator("textarea.ta").press("Enter");
  const bad = page.locator(".mld");
  await bad.getByText("被退回").waitFor();
  await bad.getByText(/given up/).waitFor();
  await bad.getByRole("button", { name: "重新寄" }).waitFor();
  await shot(page, "mail-robot");
  await page.context().close();
});

test("two records of one customer are joined with a reason, and parted again", async () => {
  const page = await openPage(browser, desk, agent, 1440, 900, faults);
  page.setDefaultTimeout(30_000);
  const visitor = async (path: string, body: object) => (await (await fetch(`${desk.url}/api/v1${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json()) as any;
  const { token } = await visitor("/w/start", { page: "https://shop.example/", name: "网上的 Amy" });
  await visitor("/w/messages", { token, text: "我就是写信的那位" });
  const web = (await agent.ok("GET", "/conversations?box=mine")).items.find((c: any) => c.channel === "网页");
  await owner.ok("PATCH", `/customers/${web.customer.id}`, { email: "amy@buyer.test" });
  await page.goto(desk.url + "/desk");
  await row(page, "Amy Chan").first().click();
  await page.getByText("邮箱相同，像是同一位").waitFor();
  await page.getByRole("button", { name: "并到这里" }).click();
  const why = page.getByRole("dialog");
  assert.equal(await why.getByRole("button", { name: "并到这里" }).isEnabled(), false, "a reason is asked for");
  await why.getByRole("button", { name: "同一个邮箱" }).click();
  await why.getByRole("button", { name: "并到这里" }).click();
  await page.getByText("已并档").waitFor();
  await page.getByText("并过网上的 Amy").waitFor();
  await page.getByRole("button", { name: "拆开" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "并错了" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "拆开" }).click();
  await page.getByText("已拆开，各归各的").waitFor();
  await page.getByText("邮箱相同，像是同一位").waitFor();
  await page.context().close();
});

test("a letter the rulebook keeps out waits for the leader, who reads it and lets it in", async () => {
  const other = await Desk.start();
  try {
    const source = "# 小店办法\n\n```guiju\n制度 small “小店办法”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长 上级 经理\n岗位 经理\n排班 客服 由 组长: 每 周 休 1天\n```\n\n## 一 不收信 {#closed}\n这个月不收信。\n```guiju\n申请 会话.开始:\n  拒 若 渠道 = 邮件 因 “这个月不收信”\n  准 其余\n```\n";
    let boss = new Person(other);
    await boss.ok("POST", "/setup", { shop: "小店", source, owner: { name: "老板", job_number: "001", password: PASSWORD } });
    boss = await Person.signIn(other, "001", PASSWORD);
    await boss.ok("POST", "/people", { name: "组长甲", job_number: "002", role: "组长", password: PASSWORD });
    await boss.ok("POST", "/channels", box("second"));
    const chief = await Person.signIn(other, "002", PASSWORD), page = await openPage(browser, other, chief, 1440, 900, faults);
    page.setDefaultTimeout(30_000);
    await page.goto(other.url + "/floor");
    await mail.send("held@buyer.test", "second@shop.test", letter("held@buyer.test", "Held Hu", "Let me in", "words that must not be lost"));
    await page.locator(".fch").first().waitFor();
    await shot(page, "floor-channel", [1440]);
    await page.getByRole("button", { name: "看" }).or(page.locator(".fch .btn")).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("words that must not be lost").waitFor();
    await dialog.getByText("这个月不收信").waitFor();
    await dialog.locator(".fhl .btn").click();
    await page.waitForURL("**/desk/**");
    await page.locator(".cv").getByText("words that must not be lost").waitFor();
    await page.context().close();
  } finally {
    await other.stop();
  }
  assert.deepEqual(faults, []);
});
