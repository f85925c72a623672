// One shop day, played through the real pages and the API on a desk whose clock the test holds: a day shift and a night shift
// over midnight, a late greeting, a complaint, orders with and without the job number, the handover book, an appeal. It ends in
// the pay sheet, whose figures were computed by hand and stand here as numbers.
//
//   林晓 (017, base 4,500.00): commission 429.00 × 1 % = 4.29 (the order without his number earns nothing)
//                              fines: greeting 61 s late = 3 steps of 5.00 = 15.00; complaint, first of the month = 50.00
//                              gross 4,504.29; the law's limit 20 % = 900.85; net 4,504.29 − 65.00 = 4,439.29
//   苏琪 (018, base 4,300.00): greeting 1 s late = 5.00, appealed against the fact, upheld: withdrawn; net 4,300.00
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, nobodyIdles, openPage, Person, stage } from "./desk.ts";

const PASSWORD = "shop-day-2026";
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

async function clean(p: Person) {
  const photo = await p.ok("POST", "/files", new Uint8Array(PNG), { "Content-Type": "image/png", "X-File-Name": "desk.png" });
  const today = await p.ok("GET", "/today");
  const duty = today.duties.find((d: any) => d.title.includes("打扫") && d.state === "pending");
  assert.ok(duty, "the cleaning duty is there: " + JSON.stringify(today.duties));
  await p.ok("POST", `/duties/${duty.id}/done`, { files: [photo.id] });
}

/** A page of somebody whose session is fresh. */
async function fresh(p: Person) {
  await p.renew();
  return p;
}

async function slips(p: Person, person: string): Promise<any[]> {
  return (await p.ok("GET", `/ledger?month=2026-03&person=${person}`)).slips;
}

test("a shop day, from the first-run page to the sealed pay sheet", async (t) => {
  const { desk, browser, faults } = await stage(t, at("2026-03-04 20:00"));

  // ---- first run, in the browser
  const first = await openPage(browser, desk, null, 1440, 900, faults);
  await first.goto(desk.url + "/");
  await first.fill("#su-s", "青禾家居");
  await first.getByRole("radio", { name: /网店客服管理办法/ }).click();
  await first.fill("#su-n", "周远");
  await first.fill("#su-j", "001");
  await first.fill("#su-p", PASSWORD);
  await first.fill("#su-a", PASSWORD);
  await first.locator("form button.btn.p").click();
  await first.waitForURL((u) => !u.pathname.startsWith("/setup"), { timeout: 15000 });
  await first.context().close();

  const owner = await Person.signIn(desk, "001", PASSWORD);
  await nobodyIdles(owner);
  const hire = async (name: string, job_number: string, role: string, base: number, superior?: string) => {
    await owner.ok("POST", "/people", { name, job_number, role, base_wage_fen: base, password: PASSWORD, ...(superior ? { superior } : {}) });
    return await Person.signIn(desk, job_number, PASSWORD);
  };
  const head = await hire("方敏", "002", "主管", 750000, owner.id);
  const leader = await hire("陈嘉", "003", "组长", 620000, head.id);
  const lin = await hire("林晓", "017", "客服", 450000, leader.id);
  const su = await hire("苏琪", "018", "客服", 430000, leader.id);

  // ---- the leader lays the roster; an agent may not
  const cells = [
    { person: lin.id, date: "2026-03-05", shift: "白班" },
    { person: su.id, date: "2026-03-05", shift: "夜班" },
  ];
  const refused = await lin.call("PUT", "/roster", { from: "2026-03-05", to: "2026-03-05", cells });
  assert.ok([403, 422].includes(refused.status), JSON.stringify(refused));
  await leader.ok("PUT", "/roster", { from: "2026-03-05", to: "2026-03-05", cells });

  // ---- the day shift
  await desk.tick(at("2026-03-05 08:10"));
  await clean(lin);
  await desk.tick(at("2026-03-05 08:25"));
  await lin.ok("POST", "/attendance/in", {});
  await lin.ok("POST", "/presence", { state: "online" });

  // a customer comes at ten; the greeting is sent at 10:01:31, by hand, in the workbench
  await desk.tick(at("2026-03-05 10:00:00"));
  const shop = await openPage(browser, desk, null, 390, 844, faults);
  await shop.goto(desk.url + "/shop");
  await shop.locator("button.go").click();
  await shop.locator("textarea").fill("请问餐桌能做 1.45 米吗？");
  await shop.keyboard.press("Enter");
  await shop.getByText("请问餐桌能做 1.45 米吗？").first().waitFor();

  const bench = await openPage(browser, desk, await fresh(lin), 1440, 900, faults);
  await bench.goto(desk.url + "/desk");
  await bench.getByText("请问餐桌能做 1.45 米吗？").first().click();
  await bench.locator("textarea.ta").waitFor();
  await desk.tick(at("2026-03-05 10:01:31"));
  await bench.locator("textarea.ta").fill("您好，可以的，最长 1.8 米。");
  await bench.keyboard.press("Enter");
  await shop.getByText("您好，可以的，最长 1.8 米。").first().waitFor();

  let mine = await slips(lin, lin.id);
  assert.deepEqual(mine.filter((s) => s.type === "fine").map((s) => [s.fen, s.seal, s.clause.id]), [[1500, "proposed", "greeting"]]);
  const why = await lin.ok("GET", `/why/${mine[0].id}`);
  assert.match(JSON.stringify(why.arithmetic), /61 秒/);
  assert.match(JSON.stringify(why.arithmetic), /15/);
  const talk = (await lin.ok("GET", "/conversations?box=mine")).items[0];
  await lin.ok("POST", `/conversations/${talk.id}/close`, { reason: "询价", deal: true });

  // ---- orders: one with the job number, one without; sent twice, counted once
  const csv =
    "订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间,订单确认收货时间,宝贝标题\n" +
    "260305001,青竹,429.00,交易成功,2026-03-05 10:20:00,2026-03-05 10:21:00,2026-03-05 10:30:00,胡桃木边几\n" +
    "260305002,远山,200.00,交易成功,2026-03-05 10:40:00,2026-03-05 10:41:00,2026-03-05 10:50:00,小书架\n";
  await desk.tick(at("2026-03-05 11:00"));
  for (let i = 0; i < 2; i++) {
    const { id } = await head.ok("POST", "/imports/orders", new TextEncoder().encode(csv), { "Content-Type": "text/csv", "X-File-Name": "orders.csv" });
    let job: any;
    for (let k = 0; k < 400; k++) {
      job = await head.ok("GET", `/imports/${id}`);
      if (job.state !== "running") break;
      await new Promise((r) => setTimeout(r, 10));
    }
    assert.equal(job.rejected?.length ?? job.rejected, 0, JSON.stringify(job));
    assert.deepEqual([job.read, job.added], [2, i === 0 ? 2 : 0], JSON.stringify(job));
  }
  for (const no of ["260305001", "260305002"]) await leader.ok("POST", `/orders/${no}/assign`, { agent: lin.id });
  await lin.ok("POST", "/orders/260305001/note", { text: "工号 017", flag: "" });

  // ---- a complaint about the service, looked into and upheld
  const customer = (await lin.ok("GET", "/orders/260305001")).customer;
  const opened = await lin.ok("POST", "/cases", { type: "投诉", fields: { 客户: customer.id ?? customer, 事由: "服务", 内容: "说好回电没有回", 责任人: lin.id } });
  await head.ok("POST", `/cases/${opened.id}/move`, { to: "核实" });
  await head.ok("POST", `/cases/${opened.id}/move`, { to: "成立" });
  assert.equal((await slips(lin, lin.id)).filter((s) => s.type === "fine" && s.fen === 5000).length, 1);

  // ---- handover: without it nobody signs off
  await desk.tick(at("2026-03-05 17:15"));
  await clean(su);
  const early = await lin.call("POST", "/attendance/out", {});
  assert.equal(early.status, 422, JSON.stringify(early.body));
  assert.match(early.body.error.zh, /交接/);
  const book = await lin.ok("POST", "/cases", { type: "交接", fields: { 交班人: lin.id, 接班人: su.id, 未了事项: "没有未了的事" } });
  await desk.tick(at("2026-03-05 17:26"));
  await su.ok("POST", "/attendance/in", {});
  await su.ok("POST", "/presence", { state: "online" });
  await su.ok("POST", `/cases/${book.id}/move`, { to: "接收" });
  await desk.tick(at("2026-03-05 17:31"));
  await lin.ok("POST", "/attendance/out", {});
  await lin.ok("POST", "/presence", { state: "offline" });

  // ---- the night: one greeting a second late; at one o'clock a customer is still asking
  const visitor = async (name: string) => (await (await fetch(desk.url + "/w/start", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name }) })).json()) as any;
  const say = async (token: string, text: string) => {
    const r = await fetch(desk.url + "/w/messages", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token, text }) });
    assert.equal(r.status, 200);
    return (await r.json()) as any;
  };
  await desk.tick(at("2026-03-05 23:00:00"));
  const one = await visitor("阿树");
  const late = await say(one.token, "抽屉装反了怎么拆？");
  await desk.tick(at("2026-03-05 23:00:31"));
  await su.ok("POST", `/conversations/${late.conversation}/messages`, { text: "您好，把两侧的卡扣按住往外抽。" });
  await su.ok("POST", `/conversations/${late.conversation}/close`, { reason: "咨询", deal: false, no_deal_reason: "已买过" });
  await desk.tick(at("2026-03-06 00:50:00"));
  const two = await visitor("七月");
  const open = await say(two.token, "还在吗？");
  await desk.tick(at("2026-03-06 00:50:20"));
  await su.ok("POST", `/conversations/${open.conversation}/messages`, { text: "在的，您说。" });
  await su.ok("POST", "/cases", { type: "交接", fields: { 交班人: su.id, 接班人: lin.id, 未了事项: "七月的尺寸明天回电" } });
  await desk.tick(at("2026-03-06 00:58:00"));
  await say(two.token, "床头柜有多高？");
  await desk.tick(at("2026-03-06 01:04:00"));
  await su.ok("POST", `/conversations/${open.conversation}/messages`, { text: "48 厘米。" });
  await su.ok("POST", `/conversations/${open.conversation}/close`, { reason: "询价", deal: false, no_deal_reason: "再看看" });
  await desk.tick(at("2026-03-06 01:06:00"));
  await su.ok("POST", "/attendance/out", {});
  const nights = (await su.ok("GET", `/shifts?from=2026-03-05&to=2026-03-06`)).items;
  const night = nights.find((s: any) => s.shift === "夜班" || s.name === "夜班");
  assert.ok(night && String(night.date).startsWith("2026-03-05"), "the night belongs to the day it began: " + JSON.stringify(nights));

  // ---- judgement: confirmed, appealed and upheld
  await desk.tick(at("2026-03-06 09:00"));
  mine = await slips(head, lin.id);
  for (const s of mine.filter((x) => x.type === "fine")) await head.ok("POST", `/ledger/${s.id}/confirm`, {});
  const hers = (await slips(su, su.id)).filter((s) => s.type === "fine");
  assert.deepEqual(hers.map((s) => s.fen), [500]);
  await su.ok("POST", `/ledger/${hers[0].id}/appeal`, { against: "fact", reason: "网络断了一分钟，有截图" });
  await head.ok("POST", `/ledger/${hers[0].id}/rule`, { upheld: true, reason: "截图属实" });
  assert.deepEqual((await slips(su, su.id)).filter((s) => s.type === "fine" && s.seal !== "withdrawn"), []);
  const fund = await su.ok("GET", "/fund");
  assert.equal(fund.balance_fen, 6500, JSON.stringify(fund));

  const my = await openPage(browser, desk, await fresh(lin), 1440, 900, faults);
  await my.goto(desk.url + "/my/2026-03");
  await my.getByText("15.00").first().waitFor();
  await my.getByText("第十一条").first().waitFor();

  // ---- the month closes
  await desk.tick(at("2026-04-01 09:00"));
  const sheet = await owner.ok("GET", "/settle/2026-03");
  const row = (id: string) => sheet.rows.find((r: any) => (r.person?.id ?? r.person) === id);
  const figures = (r: any) => [r.base_fen, r.pay_fen, r.reward_fen, r.fine_fen, r.not_deducted_fen, r.net_fen];
  assert.deepEqual(figures(row(lin.id)), [450000, 429, 0, 6500, 0, 443929], JSON.stringify(row(lin.id)));
  assert.deepEqual(figures(row(su.id)), [430000, 0, 0, 0, 0, 430000], JSON.stringify(row(su.id)));

  const settle = await openPage(browser, desk, await fresh(owner), 1440, 900, faults);
  await settle.goto(desk.url + "/settle/2026-03");
  await settle.getByText("4,439.29").first().waitFor();
  const early2 = await lin.call("POST", "/settle/2026-03/seal", {});
  assert.equal(early2.status, 403);
  await owner.ok("POST", "/settle/2026-03/seal", {});
  assert.equal((await owner.ok("GET", "/settle/2026-03")).state, "sealed");
  const book1 = await fetch(desk.url + "/api/v1/settle/2026-03.xlsx", { headers: { Cookie: owner.cookie } });
  assert.equal(book1.status, 200);
  assert.equal(Buffer.from(await book1.arrayBuffer()).subarray(0, 2).toString(), "PK");
  assert.deepEqual(faults, []);
});
