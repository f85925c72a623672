// A conversation from both sides, in a real browser: the customer's widget on the shop's page, an agent, a colleague, a leader.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openPage, PASSWORD, Person, setUp, stage, visit } from "./desk.ts";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

test("taking back, changing, quoting, notes with a mention, a warm transfer, putting aside, undo", async (t) => {
  const { desk, browser, faults } = await stage(t);
  const { owner, hire } = await setUp(desk);
  const lin = await hire("林晓", "017", "客服"), su = await hire("苏琪", "018", "客服");
  await lin.ok("POST", "/presence", { state: "online" });
  await owner.ok("PUT", "/tags/售后", { colour: "amber" });
  await owner.ok("PUT", "/settings/desk/typing_preview", { value: 1 });

  // the customer writes in the widget
  const shop = await openPage(browser, desk, null, 390, 844, faults);
  await shop.goto(desk.url + "/shop");
  await shop.locator("button.go").click();
  const say = async (text: string) => {
    await shop.locator("section.w textarea").fill(text);
    await shop.locator("section.w button.bt").first().click();
  };
  await say("桌面有划痕");
  const page = await openPage(browser, desk, lin, 1440, 900, faults);
  await page.goto(desk.url + "/desk");
  await page.locator(".qr").first().click();
  await page.locator(".mg").getByText("桌面有划痕", { exact: true }).waitFor();
  const id = page.url().split("/desk/")[1]!.split("?")[0]!;
  await su.ok("POST", "/presence", { state: "online" });

  // what the visitor is typing is seen, because the desk wants it
  await shop.locator("section.w textarea").pressSequentially("能不能换", { delay: 30 });
  await page.locator(".typ").getByText(/能/).waitFor({ timeout: 8000 });
  await shop.locator("section.w textarea").fill("");

  const area = page.locator("textarea.ta");
  const send = async (text: string) => {
    await area.fill(text);
    await area.press("Enter");
    await page.locator(".mg.a, .mg.nt").filter({ hasText: text }).first().waitFor();
  };

  // sent, changed, and the customer sees the new words
  await send("明天寄出");
  await shop.getByText("明天寄出", { exact: true }).waitFor();
  const item = (text: string) => page.locator(".mg").filter({ hasText: text }).last();
  const act = async (text: string, name: string) => {
    await item(text).hover();
    await item(text).getByRole("button", { name: "这条消息还能做什么" }).click();
    await page.locator(".mnp").getByRole("button", { name }).click();
  };
  await act("明天寄出", "改");
  await page.locator("textarea.edt").fill("后天寄出");
  await page.locator("textarea.edt").press("Enter");
  await page.locator(".mg.a").getByText("后天寄出", { exact: true }).waitFor();
  await shop.getByText("后天寄出").waitFor({ timeout: 8000 });
  await page.getByRole("button", { name: "改过" }).click();
  await page.locator("dialog").getByText("明天寄出").waitFor();
  await page.keyboard.press("Escape");

  // taken back: the widget says so and no longer shows the words
  await send("账号 123456");
  await shop.getByText("账号 123456", { exact: true }).waitFor();
  await act("账号 123456", "撤回");
  await shop.getByText("对方撤回了一条消息").waitFor({ timeout: 8000 });
  assert.equal(await shop.getByText("账号 123456", { exact: true }).count(), 0);
  await page.locator(".mg.gone").waitFor();

  // a quotation of the customer's words
  await item("桌面有划痕").hover();
  await item("桌面有划痕").getByRole("button", { name: "引用" }).click();
  await page.locator(".qtc").getByText("桌面有划痕").waitFor();
  await send("照片发我看看");
  await shop.locator("q").getByText("桌面有划痕").waitFor({ timeout: 8000 });

  // a picture, pasted as a file, with its neighbours in the large view
  await page.locator('.tools input[type="file"]').first().setInputFiles([{ name: "a.png", mimeType: "image/png", buffer: PNG }, { name: "b.png", mimeType: "image/png", buffer: PNG }]);
  await page.locator(".att.done").nth(1).waitFor();
  await area.press("Enter");
  await page.locator(".mg.a .thb .pic").nth(1).waitFor();
  await page.locator(".mg.a .thb .pic").first().click();
  await page.locator("dialog img.large").waitFor();
  await page.locator("dialog .lbx").press("ArrowRight");
  await page.locator("dialog h2").getByText("b.png").waitFor();
  await page.keyboard.press("Escape");

  // a note that mentions a colleague: one notice, opens at the note
  const other = await openPage(browser, desk, su, 1440, 900, faults);
  await other.goto(desk.url + "/desk");
  await page.locator(".tools .tb").filter({ hasText: "备注" }).click();
  await area.fill("@苏");
  await page.locator("#phrase-room").getByText("苏琪").waitFor();
  await area.press("Enter");
  await area.pressSequentially("这单你接一下");
  await area.press("Enter");
  await page.locator(".mg.nt .men").getByText("@苏琪").waitFor();
  await other.locator(".bell .badge").getByText("1", { exact: true }).waitFor({ timeout: 8000 });
  await other.locator("button.bell").click();
  await other.locator(".nti").getByRole("button", { name: "去看" }).click();
  await other.locator(".mg.nt").getByText("这单你接一下").waitFor();
  assert.match(other.url(), /\?m=\d+/);
  await other.locator(".bell .badge").waitFor({ state: "detached" });

  // both look at it: each sees the other
  await page.locator(".hre .av").waitFor({ timeout: 8000 });
  await page.locator(".comp").getByText("苏琪也在看").waitFor();

  // what I began to write is there on another device
  await area.fill("草稿：先给您");
  await page.waitForResponse((r) => r.url().endsWith("/draft") && r.ok());
  const phone = await openPage(browser, desk, lin, 390, 844, faults);
  await phone.goto(`${desk.url}/desk/${id}`);
  await phone.locator("textarea.ta").waitFor();
  assert.equal(await phone.locator("textarea.ta").inputValue(), "草稿：先给您");
  await phone.context().close();
  await area.fill("");

  // tagged, and undone from the toast
  await page.getByRole("button", { name: "标签" }).first().click();
  await page.locator(".tgl").getByText("售后").click();
  await page.locator(".cvh .chip.tg").getByText("售后").waitFor();
  await page.locator(".to").filter({ hasText: "标签已改" }).getByRole("button", { name: "撤销" }).click();
  await page.locator(".cvh .chip.tg").waitFor({ state: "detached" });

  // put aside: the page moves on; in the talk it says so; the toast gives it back and goes there
  await page.getByRole("button", { name: "搁置" }).first().click();
  await page.locator(".mnp").getByRole("button", { name: "等顾客再说话" }).click();
  await page.waitForURL((u) => !u.pathname.includes(id));
  await page.locator(".to").filter({ hasText: "已搁置" }).getByRole("button", { name: "撤销" }).click();
  await page.waitForURL((u) => u.pathname.includes(id));
  await page.locator("textarea.ta").waitFor();
  assert.equal(await page.locator(".ofs").count(), 0);
  await page.keyboard.press("Alt+s");
  await page.waitForURL((u) => !u.pathname.includes(id));
  await page.goto(`${desk.url}/desk/${id}`);
  await page.locator(".ofs").getByText("搁置中").waitFor();
  await page.locator(".ofs").getByRole("button").first().click();
  await page.locator(".ofs").waitFor({ state: "detached" });

  // closed by mistake, undone
  await page.getByRole("button", { name: /结束/ }).first().click();
  await page.locator("dialog").getByRole("radio", { name: "成交", exact: true }).click();
  await page.locator("dialog").getByRole("button", { name: "结束会话" }).click();
  await page.locator(".to").filter({ hasText: "已结束" }).getByRole("button", { name: "撤销" }).click();
  for (let i = 0; (await lin.ok("GET", `/conversations/${id}`)).state !== "open"; i++) { assert.ok(i < 100); await page.waitForTimeout(50); }

  // a warm transfer: asked, taken
  await page.waitForURL((u) => u.pathname.includes(id));
  await page.locator("textarea.ta").waitFor();
  await page.getByRole("button", { name: "转接" }).first().click();
  await page.locator("dialog .trl").getByText("苏琪").click();
  await page.locator("#tr-why").fill("售后");
  await page.locator("#tr-words").fill("已道过歉，等照片");
  await page.locator("dialog").getByRole("button", { name: "请对方接手" }).click();
  await page.locator(".ofs").getByText("已请苏琪接手").waitFor();
  await other.locator(".ofs.asked").getByText("已道过歉，等照片").waitFor({ timeout: 8000 });
  await other.locator(".ofs.asked").getByRole("button", { name: "接手" }).click();
  for (let i = 0; (await lin.ok("GET", `/conversations/${id}`)).agent !== su.id; i++) { assert.ok(i < 100); await page.waitForTimeout(50); }
  await page.locator(".by").getByText(/转给苏琪/).waitFor({ timeout: 8000 });
  await other.locator("textarea.ta").fill("您好，我来接着办");
  await other.locator("textarea.ta").press("Enter");
  await shop.getByText("您好，我来接着办", { exact: true }).waitFor({ timeout: 8000 });
  assert.deepEqual(faults, []);
});

test("a long queue is drawn by the screenful; filters stand in the address; many are done at once", async (t) => {
  const { desk, browser, faults } = await stage(t, undefined, undefined, 0, ["--no-limits"]);
  await fetch(desk.url + "/api/v1/setup", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ shop: "青禾家居", template: "c14", owner: { name: "周远", job_number: "001", password: PASSWORD } }) });
  const owner = await Person.signIn(desk, "001", PASSWORD);
  const post = (path: string, body: object) => visit(desk, path, body);
  const many = 600; // enough for several pages; the figures with 5,000 and a million rows are measured by the bench
  for (let i = 0; i < many; i += 50)
    await Promise.all(Array.from({ length: 50 }, async (_, k) => { const { token } = await post("/w/start", { name: `顾客${i + k}` }); if (token) await post("/w/messages", { token, text: `第 ${i + k} 个问题` }); }));
  const page: Page = await openPage(browser, desk, owner, 1440, 900, faults);
  await page.goto(desk.url + "/desk?box=waiting&sort=recent");
  await page.locator(".qr").first().waitFor();
  assert.ok((await page.locator(".qr").count()) < 60, "only the rows in sight are drawn");
  for (let i = 0; i < 80; i++) { await page.locator(".qs").evaluate((e) => { e.scrollTop = e.scrollHeight; }); await page.waitForTimeout(60); if (await page.locator(".qs .qv").evaluate((e) => e.clientHeight) >= 450 * 52) break; }
  assert.ok((await page.locator(".qs .qv").evaluate((e) => e.clientHeight)) >= 450 * 52, "further pages come while scrolling");
  await page.reload();
  assert.match(page.url(), /sort=recent/);
  await page.locator(".qr").nth(2).waitFor();
  for (const i of [0, 1]) await page.locator(".qr").nth(i).click({ modifiers: ["Control"] });
  await page.locator(".blk").getByText("已选 2 段").waitFor();
  await page.locator(".blk").getByRole("button", { name: "记为骚扰" }).click();
  await page.locator(".to").filter({ hasText: "2 段已办" }).waitFor();
  assert.equal((await owner.ok("GET", "/conversations?box=spam")).items.length, 2);
  await page.locator(".to").getByRole("button", { name: "撤销" }).click();
  for (let i = 0; (await owner.ok("GET", "/conversations?box=spam")).items.length !== 0; i++) { assert.ok(i < 100); await page.waitForTimeout(50); }
  assert.deepEqual(faults, []);
});
