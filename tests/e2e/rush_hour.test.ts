// A rush hour in a real browser: more customers than hands. Customers on the phone-sized widget and over its API, two agents at the workbench,
// a third by API, a leader on the floor. The queue builds, is accepted, answered, transferred with a warm note, watched and taken over, put
// aside, taken back, rated; somebody steps away; a forbidden word is caught while it is typed and another one is sent. The clock is the
// test's, the order of arrival comes from a seed (RUSH_SEED). At the end the floor and the reports must say what was played, to the millisecond.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { at, Desk, openBrowser, nobodyIdles, openPage, Person } from "./desk.ts";

const PASSWORD = "rush-hour-2026", DAY = "2026-03-05", SEED = Number(process.env.RUSH_SEED ?? 20260305);
const BOOK = `# 高峰

\`\`\`guiju
制度 rush “高峰”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 主管
岗位 组长 上级 主管
岗位 客服 上级 组长
\`\`\`

## 一 首次招呼 {#greeting}
顾客进来 30 秒内要打招呼。晚了的，每 30 秒 5 元，不足 30 秒按 30 秒算，一次最多 50 元。
\`\`\`guiju
所称 首问 指 会话.客户消息 其中 首条
自 首问 起 30秒 内 接待人 须 会话.人工回复;
逾期 罚款 接待人 5元 每 30秒(不足按一个计) 封顶 50元;未做 计至 会话.结束
\`\`\`

## 二 禁语 {#words}
\`\`\`guiju
#shrug 禁语 推诿: “不归我管”;违者 罚款 当事人 5元
话术 代办: “我马上替您问清楚”
\`\`\`
`;

/** What happened, kept by the test itself; the figures are worked out from it alone. */
interface Said { at: number; by: string | null }
interface Talk { id: string; from: number; said: Said[]; holder: string; end?: { at: number; deal: boolean }; stars?: { n: number } }
interface Sums { received: number; never: number; first: number[]; replies: number[]; took: number[]; deals: number; transfers: number; rated: number; stars: number; left: number; waiting: number }
const none = (): Sums => ({ received: 0, never: 0, first: [], replies: [], took: [], deals: 0, transfers: 0, rated: 0, stars: 0, left: 0, waiting: 0 });

function figures(talks: Talk[], transfers: { by: string }[]): Map<string, Sums> {
  const out = new Map<string, Sums>(), of = (who: string) => out.get(who) ?? out.set(who, none()).get(who)!;
  for (const t of talks) {
    let asked: number | null = null, spoken = false, last = "";
    for (const m of t.said) {
      if (m.by === null) asked ??= m.at;
      else {
        if (asked !== null) { of(m.by).replies.push(m.at - asked); if (!spoken) { of(m.by).first.push(m.at - asked); of(m.by).received++; } }
        asked = null; spoken = true; last = m.by;
      }
    }
    if (t.end) { const s = of(last || t.holder); s.took.push(t.end.at - t.from); if (t.end.deal) s.deals++; if (asked !== null) { if (spoken) s.left++; else s.never++; } }
    if (t.stars) { const s = of(last || t.holder); s.rated++; s.stars += t.stars.n; }
  }
  for (const t of transfers) of(t.by).transfers++;
  return out;
}
const mean = (l: number[]) => (l.length ? Math.floor(l.reduce((a, b) => a + b, 0) / l.length) : null);

function dice(seed: number) { let s = seed >>> 0; return (n: number) => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return Math.floor((s / 2 ** 32) * n); }; }

test("a rush hour: what the floor and the reports say is what was played", { timeout: 280_000 }, async (t) => {
  console.log(`seed ${SEED}`);
  const roll = dice(SEED), faults: string[] = [];
  let now = at(`${DAY} 09:55`);
  const desk = await Desk.start(now, undefined, 0, ["--no-limits"]);
  const browser = await openBrowser();
  t.after(async () => { await browser.close(); await desk.stop(); });
  const tick = async (s: number) => { now += s * 1000; await desk.tick(now); };
  const send = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const r = await fetch(desk.url + path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
    const text = await r.text();
    assert.ok(r.ok, `${path}: ${r.status} ${text}`);
    return text ? JSON.parse(text) : {};
  };
  await send("/api/v1/setup", { shop: "青禾家居", source: BOOK, owner: { name: "周远", job_number: "001", password: PASSWORD } });
  const owner = await Person.signIn(desk, "001", PASSWORD);
  await nobodyIdles(owner);
  const hire = async (name: string, job_number: string, role: string) => { await owner.ok("POST", "/people", { name, job_number, role, password: PASSWORD }); return await Person.signIn(desk, job_number, PASSWORD); };
  const leader = await hire("陈嘉", "003", "组长"), lin = await hire("林晓", "017", "客服"), su = await hire("苏琪", "018", "客服"), wu = await hire("吴桐", "019", "客服");
  const names: Record<string, string> = { [lin.id]: "林晓", [su.id]: "苏琪", [wu.id]: "吴桐", [leader.id]: "陈嘉" };

  const talks: Talk[] = [], transfers: { by: string }[] = [];
  const heard = (id: string): Talk => talks.find((x) => x.id === id) ?? (talks.push({ id, from: now, said: [], holder: "" }), talks.at(-1)!);
  interface Guest { name: string; token: string; talk: Talk }
  const ask = async (g: Guest, text: string) => { const r = await send("/w/messages", { token: g.token, text }); g.talk = heard(r.conversation); g.talk.said.push({ at: now, by: null }); };
  const guest = async (name: string, text: string): Promise<Guest> => { const g = { name, token: (await send("/w/start", { name })).token, talk: null as unknown as Talk }; await ask(g, text); return g; };
  const answer = async (who: Person, talk: Talk, text: string) => { await who.ok("POST", `/conversations/${talk.id}/messages`, { text }); talk.said.push({ at: now, by: who.id }); };
  const end = async (who: Person, talk: Talk, deal: boolean) => { await who.ok("POST", `/conversations/${talk.id}/close`, { reason: "咨询", deal, ...(deal ? {} : { no_deal_reason: "再看看" }) }); talk.end = { at: now, deal }; };
  const holders = async () => { for (const x of talks) { const c = await owner.ok("GET", `/conversations/${x.id}`); x.holder = c.agent ?? ""; } };
  const soon = async (what: string, check: () => Promise<boolean>) => { for (let i = 0; ; i++) { if (await check()) return; assert.ok(i < 200, "never: " + what); await new Promise((r) => setTimeout(r, 60)); } };

  // ---- before the rush: everybody is at the desk, busy; the leader has the floor open
  for (const p of [lin, su, wu]) await p.ok("POST", "/presence", { state: "busy" });
  const bench = await openPage(browser, desk, lin, 1440, 900, faults), second = await openPage(browser, desk, su, 1440, 900, faults), floor = await openPage(browser, desk, leader, 1440, 900, faults);
  await bench.goto(desk.url + "/desk"); await second.goto(desk.url + "/desk"); await floor.goto(desk.url + "/floor");
  await bench.locator(".pb").waitFor(); await second.locator(".pb").waitFor();

  // ---- ten o'clock: six customers at once, one of them on a phone
  await tick(300);
  const shop = await openPage(browser, desk, null, 390, 844, faults);
  await shop.goto(desk.url + "/shop");
  await shop.locator("button.go").click();
  const say = async (text: string) => { await shop.locator("section.w textarea").fill(text); await shop.locator("section.w button.bt").first().click(); await shop.locator("section.w").getByText(text, { exact: true }).waitFor(); };
  await say("桌面有划痕，怎么办");
  let phone!: Talk;
  await soon("the widget's words arrive", async () => { const l = (await owner.ok("GET", "/conversations?box=waiting")).items; if (l.length !== 1) return false; phone = heard(l[0].id); return true; });
  phone.said.push({ at: now, by: null });
  const guests: Guest[] = [];
  for (let i = 0; i < 5; i++) { await tick(1 + roll(4)); guests.push(await guest(["青竹", "麦田", "豆包", "远山", "七月"][i]!, ["有货吗", "什么时候发货", "能改地址吗", "能开发票吗", "运费谁出"][i]!)); }
  assert.equal((await leader.ok("GET", "/floor")).sentence.waiting, 6);
  await floor.getByText(/6 位\s*等接入/).first().waitFor({ timeout: 15000 }).catch(async () => { await floor.reload(); await floor.getByText(/6 位\s*等接入/).first().waitFor(); });
  await shop.locator("section.w .st, section.w .ms").first().waitFor();

  // ---- accepted by key at the workbench, by button, then a colleague comes back and the rest is given out
  await tick(10);
  const mineOf = async (p: Person) => (await p.ok("GET", "/conversations?box=mine")).items.map((x: any) => x.id) as string[];
  await bench.locator(".qa").waitFor({ timeout: 15000 });
  await bench.keyboard.press("Alt+a");
  await soon("accepted by key", async () => (await mineOf(lin)).length === 1);
  await bench.locator("textarea.ta").waitFor();
  assert.equal((await mineOf(lin))[0], phone.id, "the longest waiting comes first");
  await tick(5);
  await second.locator(".qa button").click();
  await soon("accepted by button", async () => (await mineOf(su)).length === 1);
  await wu.ok("POST", "/presence", { state: "online" });
  await soon("the rest is given out", async () => (await owner.ok("GET", "/conversations?box=waiting")).items.length === 0);
  await holders();
  assert.equal(talks.filter((x) => x.holder === wu.id).length, 4);

  // ---- answered at the workbench; a forbidden word is told while it is typed, and taken out
  const area = bench.locator("textarea.ta");
  await area.fill("这事不归我管，我马上替您问清楚");
  await bench.locator(".wstrip").waitFor({ timeout: 10000 });
  await bench.locator(".wstrip").getByRole("button", { name: "去掉" }).first().click();
  await soon("the word is out", async () => !(await area.inputValue()).includes("不归我管"));
  await tick(20);
  const mended = await area.inputValue();
  await area.press("Enter");
  await bench.locator(".mg.a").getByText(mended).first().waitFor();
  phone.said.push({ at: now, by: lin.id });
  await shop.locator("section.w").getByText(mended).waitFor({ timeout: 10000 });

  // ---- taken back within two minutes
  await area.fill("账号 123456");
  await area.press("Enter");
  const wrong = bench.locator(".mg.a").filter({ hasText: "账号 123456" }).last();
  await wrong.waitFor();
  phone.said.push({ at: now, by: lin.id });
  await tick(30);
  await wrong.hover();
  await wrong.getByRole("button", { name: "这条消息还能做什么" }).click();
  await bench.locator(".mnp").getByRole("button", { name: "撤回" }).click();
  await shop.getByText("对方撤回了一条消息").waitFor({ timeout: 10000 });

  // ---- a warm transfer from one workbench to the other
  await say("我想换一张");
  phone.said.push({ at: now, by: null });
  await bench.getByRole("button", { name: "转接" }).first().click();
  await bench.locator("dialog .trl").getByText("苏琪").click();
  await bench.locator("#tr-why").fill("售后");
  await bench.locator("#tr-words").fill("桌面划痕，已道歉");
  await bench.locator("dialog").getByRole("button", { name: "请对方接手" }).click();
  await soon("offered", async () => (await su.ok("GET", `/conversations/${phone.id}`)).offer != null);
  await second.goto(`${desk.url}/desk/${phone.id}`);
  await tick(8);
  await second.locator(".ofs.asked").getByRole("button", { name: "接手" }).click();
  await soon("transferred", async () => (await owner.ok("GET", `/conversations/${phone.id}`)).agent === su.id);
  transfers.push({ by: lin.id });
  await tick(4);
  await second.locator("textarea.ta").fill("您好，我来给您换新");
  await second.locator("textarea.ta").press("Enter");
  await second.locator(".mg.a").getByText("您好，我来给您换新").first().waitFor();
  phone.said.push({ at: now, by: su.id });
  await shop.locator("section.w").getByText("您好，我来给您换新").waitFor({ timeout: 10000 });

  // ---- the third agent works through the rest by API, one of them with a forbidden word
  await holders();
  const his = talks.filter((x) => x.holder === wu.id);
  for (const [i, x] of his.slice(0, 3).entries()) { await tick(3 + roll(20)); await answer(wu, x, i === 1 ? "这个不归我管" : `您好，第 ${i + 1} 位`); }
  const hers = talks.filter((x) => x.holder === su.id && x !== phone);
  for (const x of hers) { await tick(2 + roll(9)); await answer(su, x, "您好，已经在路上了"); }

  // ---- the leader sees who waits longest, leaves a word for the agent, and takes the conversation over
  const stuck = his[3]!;
  await tick(15);
  await floor.goto(`${desk.url}/desk/${stuck.id}`);
  await floor.locator("textarea.ta").fill("先安抚，我来接");
  await floor.locator("textarea.ta").press("Enter");
  await floor.locator(".mg.nt").getByText("先安抚，我来接").first().waitFor();
  await floor.getByRole("button", { name: "接管", exact: true }).first().click();
  await floor.locator("#rs-why").fill("等得太久");
  await floor.locator("dialog").getByRole("button", { name: "接管" }).click();
  await soon("taken over", async () => (await owner.ok("GET", `/conversations/${stuck.id}`)).agent === leader.id);
  // Until the page knows it too, what the leader types there is a note to the agent.
  await floor.getByRole("button", { name: "接管", exact: true }).first().waitFor({ state: "hidden" });
  await tick(6);
  await floor.locator("textarea.ta").fill("让您久等，发票已经开了");
  await floor.locator("textarea.ta").press("Enter");
  await floor.locator(".mg.a").getByText("让您久等，发票已经开了").first().waitFor();
  stuck.said.push({ at: now, by: leader.id });

  // ---- an agent steps away with a reason, and comes back; new customers do not come to her meanwhile
  await bench.goto(desk.url + "/desk");
  await bench.getByRole("button", { name: /离席/ }).first().click();
  await bench.locator("#aw-why").fill("喝水");
  await bench.getByRole("button", { name: "开始离席" }).click();
  await bench.locator(".aw").waitFor();
  await tick(60);
  const late = await guest("阿树", "还在吗");
  await holders();
  assert.notEqual(late.talk.holder, lin.id, "nobody is given to who is away");
  await bench.locator(".aw").click();
  await bench.locator(".aw").waitFor({ state: "detached" });
  await tick(12);
  const carer = [wu, su, leader].find((p) => p.id === late.talk.holder);
  assert.ok(carer, "the late customer has somebody: " + late.talk.holder);
  await answer(carer, late.talk, "在的，您说");

  // ---- put aside until the customer speaks, and back by itself
  const asleep = his[0]!, hisGuest = guests.find((g) => g.talk === asleep)!;
  await wu.ok("POST", `/conversations/${asleep.id}/snooze`, { reason: "等照片" });
  await tick(40);
  assert.ok((await wu.ok("GET", "/conversations?box=snoozed")).items.some((x: any) => x.id === asleep.id));
  await ask(hisGuest, "照片发了");
  await soon("back from aside", async () => (await mineOf(wu)).includes(asleep.id));
  await tick(9);
  await answer(wu, asleep, "收到，马上换");

  // ---- the rush is over: closed at the workbench and by API, rated on the phone and by API
  await tick(20);
  await second.goto(`${desk.url}/desk/${phone.id}`);
  await second.locator("textarea.ta").waitFor();
  await second.keyboard.press("Alt+e");
  await second.locator("dialog").getByRole("radio", { name: "成交", exact: true }).click();
  await second.locator("dialog").getByRole("button", { name: "结束会话" }).click();
  await soon("closed", async () => (await owner.ok("GET", `/conversations/${phone.id}`)).state === "closed");
  phone.end = { at: now, deal: true };
  await shop.locator("section.w .rt button.f").nth(4).click({ timeout: 15000 });
  await shop.locator("section.w .rt button.bt").click();
  phone.stars = { n: 5 };
  await soon("rated", async () => (await owner.ok("GET", `/reports/reception?from=${DAY}&to=${DAY}`)).total.rated === 1);
  await tick(5);
  await end(wu, asleep, false);
  await send("/w/rate", { token: hisGuest.token, score: 2, stars: 2, text: "等久了" }, { "Idempotency-Key": `rate-${SEED}` });
  await send("/w/rate", { token: hisGuest.token, score: 2, stars: 2, text: "等久了" }, { "Idempotency-Key": `rate-${SEED}` });
  asleep.stars = { n: 2 };
  for (const x of hers) { await tick(1 + roll(5)); await end(su, x, roll(2) === 1); }
  await tick(2);

  // ---- every figure, against what was played
  await holders();
  const wanted = figures(talks, transfers), r = await owner.ok("GET", `/reports/reception?from=${DAY}&to=${DAY}&by=agent`);
  const rows = new Map<string, any>(r.rows.map((x: any) => [x.key, x]));
  for (const [who, s] of wanted) {
    const x = rows.get(who);
    assert.ok(x, `${names[who]} is missing from the report`);
    assert.deepEqual(
      { received: x.received, first: x.first.mean_ms, replies: x.reply.n - x.reply.open, reply: x.reply.mean_ms, ended: x.ended, took: x.took.mean_ms, deals: x.deals, transfers: x.transfers, rated: x.rated, stars: x.stars_x100 },
      { received: s.received, first: mean(s.first), replies: s.replies.length, reply: mean(s.replies), ended: s.took.length, took: mean(s.took), deals: s.deals, transfers: s.transfers, rated: s.rated, stars: s.rated ? Math.floor((s.stars * 100 + Math.floor(s.rated / 2)) / s.rated) : null },
      `${names[who]}, seed ${SEED}`,
    );
  }
  const open = talks.filter((x) => !x.end), f = await leader.ok("GET", "/floor");
  assert.deepEqual({ customers: f.sentence.customers, waiting: f.sentence.waiting }, { customers: open.length, waiting: 0 });
  for (const p of f.people) if (names[p.id]) assert.equal(p.load, open.filter((x) => x.holder === p.id).length, `${names[p.id]} carries`);
  // the fines of the greeting clause, counted again: every first answer later than 30 s, in steps of 30 s; and the forbidden word
  const fines = async (p: Person) => ((await owner.ok("GET", `/ledger?month=2026-03&person=${p.id}`)).slips as any[]).filter((x) => x.type === "fine" && x.seal !== "withdrawn");
  for (const p of [lin, su, wu]) {
    const mine = await fines(p), words = mine.filter((x) => x.clause.id === "words");
    assert.deepEqual(words.map((x) => x.fen), p === wu ? [500] : [], `${names[p.id]}: forbidden words`);
  }
  const steps = talks.map((x) => x.said.find((m) => m.by !== null)!.at - x.said[0]!.at - 30_000).filter((ms) => ms > 0).map((ms) => Math.min(5000, Math.ceil(ms / 30_000) * 500));
  const greetings = (await Promise.all([lin, su, wu, leader].map(fines))).flat().filter((x) => x.clause.id === "greeting");
  assert.deepEqual(greetings.map((x) => x.fen).sort((a, b) => a - b), steps.sort((a, b) => a - b), "late greetings");

  // ---- and the pages say the same
  await floor.goto(desk.url + "/floor");
  await floor.getByText(new RegExp(`${open.length} 位\\s*顾客`)).first().waitFor();
  const report = await openPage(browser, desk, owner, 1440, 900, faults);
  await report.goto(`${desk.url}/reports/reception?from=${DAY}&to=${DAY}`);
  const line = async (page: Page, name: string) => (await page.locator("tr", { hasText: name }).first().innerText()).replace(/\s+/g, " ");
  await report.locator("tr", { hasText: "吴桐" }).first().waitFor();
  for (const [who, s] of wanted) assert.match(await line(report, names[who]!), new RegExp(`${names[who]} ${s.received}\\b`), names[who]);
  assert.deepEqual(faults, []);
});
