// Words in a real browser: a phrase by its pinyin with its variables filled and the gap reached by Tab, what the rulebook says while one types
// and before one ends, a message found and opened where it was said, and the week's review that makes a phrase of what is typed again and again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, Person, stage } from "./desk.ts";

const PASSWORD = "words-2026-pass";
const BOOK = `# 试

\`\`\`guiju
制度 t “试”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 主管
岗位 客服 上级 主管
\`\`\`

## 一 {#words}
\`\`\`guiju
#shrug 禁语 推诿: “不归我管”;违者 罚款 当事人 5元
#name 敬语 称呼 每 会话: “您好”;违者 提醒 当事人
申请 会话.人工回复:
  拒 若 字数 超过 40 因 “一句不超过四十个字”
  准 其余
话术 代办: “我马上替您问清楚”
\`\`\`
`;

test("phrases, words of the rulebook, finding a message, the week in phrases", async (t) => {
  const { desk, browser, faults } = await stage(t);
  const made = await fetch(desk.url + "/api/v1/setup", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ shop: "青禾家居", source: BOOK, owner: { name: "周远", job_number: "001", password: PASSWORD } }) });
  assert.equal(made.status, 200, await made.text());
  const owner = await Person.signIn(desk, "001", PASSWORD);
  await owner.ok("POST", "/people", { name: "林晓", job_number: "017", role: "客服", password: PASSWORD });
  const lin = await Person.signIn(desk, "017", PASSWORD);
  await lin.ok("POST", "/presence", { state: "online" });
  await owner.ok("POST", "/phrases", { scope: "desk", group: "物流/查件", keys: "cj", text: "我是 {工号} 号，单号是 {填}，请查收" });
  const post = async (path: string, body: unknown) => await fetch(desk.url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).then((r) => r.json());
  const visitor = await post("/w/start", { page: "https://shop.example/item/1", name: "小满" });
  await post("/w/messages", { token: visitor.token, text: "青瓷花瓶什么时候到" });

  const page = await openPage(browser, desk, lin, 1440, 900, faults);
  await page.goto(desk.url + "/desk");
  await page.locator(".qr").first().click();
  const id = page.url().split("/desk/")[1]!.split("?")[0]!;
  const area = page.locator("textarea.ta");

  // a phrase by first letters: job number filled in, the gap selected, Enter does not send while it is open
  await area.click();
  await area.pressSequentially("/wsh");
  await page.locator("#phrases .pr").filter({ hasText: "我是 017 号" }).waitFor();
  await area.press("Enter");
  assert.equal(await area.inputValue(), "我是 017 号，单号是 {填}，请查收");
  await area.press("Enter");
  assert.match(await area.inputValue(), /\{填\}/);
  await area.press("Home");
  await area.press("Tab");
  await page.keyboard.type("SF10086");
  await area.press("Enter");
  await page.locator(".mg.a").filter({ hasText: "单号是 SF10086" }).waitFor();

  // a forbidden word is underlined and its clause named; taken out, the mark is gone
  await area.fill("这事不 归 我 管");
  await page.locator(".mirror i").getByText("不 归 我 管").waitFor();
  await page.locator(".wstrip").getByText("是禁语").waitFor();
  await page.locator(".wstrip").getByRole("button", { name: "去掉" }).click();
  await page.locator(".wstrip").waitFor({ state: "detached" });
  assert.equal(await area.inputValue(), "这事");

  // what the gate would refuse says so on the button, and is refused
  await area.fill("给您赔偿".repeat(11));
  await page.locator(".wstrip.hold").getByText("一句不超过四十个字").waitFor();
  await page.getByRole("button", { name: "发送会被拒" }).waitFor();
  await area.fill("");

  // the end reminds of what was not said yet
  await page.keyboard.press("Alt+e");
  await page.locator(".note.a").getByText("您好").waitFor();
  await page.keyboard.press("Escape");

  // typed by hand, again and again; then an old message is found and opened where it was said
  for (let i = 0; i < 64; i++) await lin.ok("POST", `/conversations/${id}/messages`, { text: i % 20 ? `第 ${i} 句闲话${"一二三四五六七八九十".repeat(i % 3)}` : `到货还要 ${i} 天呢` });
  await page.goto(desk.url + "/find?q=" + encodeURIComponent("青瓷花瓶"));
  await page.locator(".fhit").filter({ hasText: "青瓷花瓶" }).first().click();
  await page.locator(".flash").filter({ hasText: "青瓷花瓶什么时候到" }).waitFor();
  assert.match(page.url(), new RegExp(`/desk/${id}\\?at=\\d+`));
  const box = (await page.locator(".mg").filter({ hasText: "青瓷花瓶什么时候到" }).first().boundingBox())!;
  assert.ok(box.y > 0 && box.y < 900, `in sight: ${box.y}`);

  // a phrase in the command box goes into the composer
  await page.keyboard.press("Control+k");
  await page.keyboard.type("查件");
  await page.locator(".pi").filter({ hasText: "请查收" }).first().click();
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("textarea.ta")?.value.includes("我是 017 号"));

  // the week: the use stands with the agent, the repeated answer becomes a phrase by one press
  const boss = await openPage(browser, desk, owner, 1440, 900, faults);
  await boss.goto(desk.url + "/phrases/review");
  await boss.locator(".wkr").filter({ hasText: "林晓" }).getByText("用过 1 次").waitFor();
  await boss.locator(".wkr").filter({ hasText: "到货还要" }).getByRole("button", { name: "存成短语" }).click();
  await boss.locator("#pf-k").fill("dh");
  await boss.locator("#pf-g").fill("物流");
  await boss.getByRole("button", { name: "存短语" }).click();
  await boss.locator(".wkr").filter({ hasText: "到货还要" }).getByText("打了").waitFor({ state: "detached" });
  const keys = (await lin.ok("GET", "/phrases")).items.flatMap((g: any) => g.phrases.map((p: any) => p.keys));
  assert.ok(keys.includes("dh"), keys.join());

  // a list with a wrong line: the good one is there, the wrong one named
  await boss.goto(desk.url + "/settings/phrases");
  await boss.getByRole("button", { name: "导入 CSV" }).click();
  await boss.locator("dialog[open] input[type=file]").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("组,简码,内容\n售后,hx,马上换新\n售后,zz,{没有的}\n") });
  await boss.getByRole("button", { name: "导入 2 行" }).click();
  await boss.locator("dialog[open]").getByText("第 3 行").waitFor();
  await boss.locator("dialog[open]").getByText("导入了 1 条").waitFor();
  assert.deepEqual(faults, []);
});
