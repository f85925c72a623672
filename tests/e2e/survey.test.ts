// The survey page behind a link, as a customer meets it on a phone: no sign-in, strict policy, Chinese and English, stars by thumb and by
// keys, the network gone and back, once, changed, run out; and what the agent sees of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Desk, Person, at, openBrowser, openPage, SMALL_BOOK, setUp, visit } from "./desk.ts";

const SHOTS = process.env.GUIJU_SHOTS;
const book = SMALL_BOOK + `\n## 第一条 评价 {#survey}\n会话结束后请顾客评价，七天内有效。\n\`\`\`guiju\n问卷 满意度 给 客户 于 会话.结束 有效 7天\n  题 总体 “您满意吗”: 满意|一般|不满意\n  题 意见 “哪里可以更好”: 文\n\`\`\`\n`;
let desk: Desk, browser: Browser, owner: Person, agent: Person, link = "", talk = "";
const faults: string[] = [];

async function ended(words: string): Promise<{ id: string; link: string }> {
  const post = (path: string, body: object) => visit(desk, path, body);
  const { token } = await post("/w/start", {});
  const { conversation } = await post("/w/messages", { token, text: words });
  await agent.ok("POST", `/conversations/${conversation}/messages`, { text: "都办好了" });
  await agent.ok("POST", `/conversations/${conversation}/close`, { reason: "说完了", deal: false, no_deal_reason: "其他" });
  for (let i = 0; i < 400; i++) {
    const said = (await (await fetch(`${desk.url}/w/messages?token=${token}`)).json() as any).items.map((m: any) => /http:\S+\/c\/[0-9a-f]+/.exec(m.text)?.[0]).find(Boolean);
    if (said) return { id: conversation, link: said };
    await new Promise((r) => setTimeout(r, 25));
  }
  throw new Error("no link came");
}
before(async () => {
  desk = await Desk.start(at("2026-03-05 10:00"));
  const first = await setUp(desk, { source: book });
  owner = first.owner;
  agent = await first.hire("林晓", "101", "客服", "online");
  await owner.ok("PUT", "/settings/survey", { url: desk.url, change_hours: 2 });
  ({ id: talk, link } = await ended("桌子什么时候到"));
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await desk?.stop(); });

async function phone(url: string, o: { locale?: string; dark?: boolean; width?: number } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: o.width ?? 390, height: 780 }, hasTouch: true, isMobile: !o.width, locale: o.locale ?? "zh-CN", timezoneId: "Asia/Shanghai", colorScheme: o.dark ? "dark" : "light", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error" && !/status of 4\d\d|ERR_INTERNET_DISCONNECTED/.test(m.text())) faults.push(m.text()); });
  await page.goto(url);
  return page;
}
const shot = async (page: Page, name: string) => { if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true }); };

test("on a phone: stars, what stood out, the rulebook's question, a remark; the network goes, nothing is lost, it is sent once", async () => {
  const page = await phone(link);
  await page.getByRole("heading", { name: "这次青禾家居的服务，您打几分？" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "送出评价" }).count(), 0, "nothing to send before a star");
  for (const b of await page.locator(".stars button").all()) { const box = (await b.boundingBox())!; assert.ok(box.width >= 48 && box.height >= 48, "a thumb's width"); }
  await page.getByRole("radio", { name: "2 星，不满意" }).tap();
  await page.getByRole("button", { name: "等太久" }).tap();
  assert.equal(await page.getByRole("button", { name: "回复快" }).count(), 0);
  await page.getByRole("radio", { name: "4 星，满意" }).tap();
  await page.getByRole("button", { name: "回复快" }).tap();
  await page.getByRole("radiogroup", { name: "您满意吗" }).getByText("满意", { exact: true }).tap();
  await page.getByLabel("哪里可以更好").fill("周末也在就更好");
  await page.getByLabel("还想说点什么").fill("谢谢林晓");
  await shot(page, "survey-390");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "送出评价" }).tap();
  await page.getByText("没有连上。您选的都在，请再试一次。").waitFor();
  assert.equal(await page.getByLabel("还想说点什么").inputValue(), "谢谢林晓");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "送出评价" }).tap();
  await page.getByRole("heading", { name: "谢谢您的评价" }).waitFor();
  await page.getByText("谢谢林晓").waitFor();
  await shot(page, "survey-thanks-390");
  const c = await agent.ok("GET", "/conversations/" + talk);
  assert.equal(c.rating, 4);
  assert.deepEqual(c.messages.filter((m: any) => m.act?.act === "answered").map((m: any) => m.act.reason), ["谢谢林晓（总体 满意，意见 周末也在就更好） · 回复快"], "the word of the few stars is not sent with many");
  await page.context().close();
});

test("come back later it can be changed, with keys too, in English and dark; then the agent sees it in the talk", async () => {
  const page = await phone(link, { locale: "en-GB", dark: true, width: 1440 });
  await page.getByRole("heading", { name: "Thank you for rating" }).waitFor();
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByRole("radio", { name: "4 stars, good" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("radio", { name: "5 stars, very good", checked: true }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Solved" }).click();
  await shot(page, "survey-dark-1440");
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("heading", { name: "这次青禾家居的服务，您打几分？" }).waitFor();
  assert.equal(await page.getByLabel("还想说点什么").inputValue(), "谢谢林晓", "the language changes no answer");
  await page.getByRole("button", { name: "送出改过的评价" }).click();
  await page.getByRole("heading", { name: "谢谢您的评价" }).waitFor();
  await page.context().close();
  const staff = await openPage(browser, desk, agent, 1440, 900, faults);
  await staff.goto(`${desk.url}/desk/${talk}`);
  await staff.getByText("问卷发给了顾客").waitFor();
  await staff.getByText(/顾客答了问卷，5 星：谢谢林晓/).waitFor();
  await staff.context().close();
});

test("what runs out and what was never there is said clearly; nobody is asked to sign in", async () => {
  const other = await ended("第二位顾客");
  const wrong = await phone(desk.url + "/c/" + "0".repeat(48));
  await wrong.getByRole("heading", { name: "打不开这份问卷" }).waitFor();
  await wrong.getByText("请用邮件或聊天里收到的完整链接").waitFor();
  await wrong.context().close();
  await desk.tick(at("2026-03-05 12:00"));
  const final = await phone(link);
  await final.getByText("评价已经记下，不能再改了。").waitFor();
  assert.equal(await final.getByRole("button", { name: "改一改" }).count(), 0);
  await final.context().close();
  const open = await phone(other.link);
  await open.getByRole("radio", { name: "5 星，很满意" }).tap();
  await desk.tick(at("2026-03-12 10:00"));
  await open.getByRole("button", { name: "送出评价" }).tap();
  await open.getByRole("heading", { name: "这份问卷已经过了期限" }).waitFor();
  await open.reload();
  await open.getByRole("heading", { name: "这份问卷已经过了期限" }).waitFor();
  await shot(open, "survey-expired-390");
  await open.context().close();
  assert.deepEqual(faults, []);
});
