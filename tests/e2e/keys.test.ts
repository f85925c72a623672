// Everything by keyboard: the skip link, the key list with changing and switching off, the command box that does anything, layers that close
// one by one and give the focus back, lists with one walking focus, and no key while an input method composes. Enter-to-send is a setting.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { Desk, openBrowser, openPage, Person, visit } from "./desk.ts";

const PASSWORD = "keys-2026-pass";

test("the workbench is used without a mouse", { timeout: 200_000 }, async (t) => {
  const faults: string[] = [];
  const desk = await Desk.start(undefined, undefined, 0, ["--no-limits"]);
  const browser = await openBrowser();
  t.after(async () => { await browser.close(); await desk.stop(); });
  const post = (path: string, body: object) => visit(desk, path, body);
  await post("/api/v1/setup", { shop: "青禾家居", template: "c14", owner: { name: "周远", job_number: "001", password: PASSWORD } });
  const owner = await Person.signIn(desk, "001", PASSWORD);
  await owner.ok("POST", "/people", { name: "林晓", job_number: "017", role: "客服", password: PASSWORD });
  const lin = await Person.signIn(desk, "017", PASSWORD);
  await lin.ok("POST", "/presence", { state: "online" });
  for (const n of ["青竹", "麦田", "远山"]) { const { token } = await post("/w/start", { name: n }); await post("/w/messages", { token, text: `我是${n}` }); }
  for (const x of (await owner.ok("GET", "/conversations?box=waiting")).items) await lin.ok("POST", `/conversations/${x.id}/accept`, {});
  assert.equal((await lin.ok("GET", "/conversations?box=mine")).items.length, 3);

  const page: Page = await openPage(browser, desk, lin, 1440, 900, faults);
  await page.goto(desk.url + "/desk");
  await page.locator(".qr").nth(2).waitFor();
  const where = () => page.evaluate(() => { const e = document.activeElement as HTMLElement | null; return e ? `${e.tagName} ${e.id} ${e.className} ${e.getAttribute("aria-label") ?? ""}` : ""; });
  const talk = () => page.url().split("/desk/")[1]?.split("?")[0] ?? "";

  // the first Tab offers the way past the rail
  await page.keyboard.press("Tab");
  assert.match(await where(), /skip/);
  assert.ok((await page.locator(".skip").boundingBox())!.y >= 0, "the link shows itself");
  await page.keyboard.press("Enter");
  assert.match(await where(), /MAIN main/);

  // next, previous: Alt J and K; in the list one focus walks by arrows
  await page.keyboard.press("Alt+j");
  await page.locator("textarea.ta").waitFor();
  const first = talk();
  await page.keyboard.press("Alt+j");
  await page.waitForURL((u) => !u.pathname.endsWith(first));
  const secondTalk = talk();
  await page.keyboard.press("Alt+k");
  await page.waitForURL((u) => u.pathname.endsWith(first));
  assert.equal(await page.locator('.qr[tabindex="0"]').count(), 1, "one stop of the Tab key in the list");
  await page.locator('.qr[tabindex="0"]').focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL((u) => u.pathname.endsWith(secondTalk));

  // never while an input method composes
  await page.locator("textarea.ta").focus();
  await page.evaluate(() => document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", altKey: true, isComposing: true, bubbles: true, cancelable: true })));
  await page.evaluate(() => document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
  assert.equal(talk(), secondTalk);
  assert.equal((await lin.ok("GET", `/conversations/${secondTalk}`)).messages.filter((m: any) => m.by.type === "agent").length, 0);

  // a dialog opens by key, closes by Esc, and the focus is where it was; so too when its button closes it
  for (const close of ["esc", "button"]) {
    await page.locator("textarea.ta").focus();
    await page.keyboard.press("Alt+e");
    await page.locator("dialog[open]").waitFor();
    if (close === "esc") await page.keyboard.press("Escape");
    else await page.locator("dialog footer .btn.g").click();
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.classList.contains("ta"));
  }
  // Esc takes the top layer only: the phrase list first, what was written stays
  await page.locator("textarea.ta").fill("/");
  await page.locator("#phrase-room .ph").first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#phrase-room .ph").first().waitFor({ state: "detached" });
  assert.equal(await page.locator("textarea.ta").inputValue(), "/");
  await page.locator("textarea.ta").fill("");
  await page.locator(".mid").focus().catch(() => {});
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());

  // who has no conversation open sees the keys of one all the same
  await page.goto(desk.url + "/desk");
  await page.locator(".qr").first().waitFor();
  await page.keyboard.press("?");
  await page.locator("dialog[open] .kyh li", { hasText: "转接" }).waitFor();
  await page.keyboard.press("Escape");
  await page.goto(`${desk.url}/desk/${first}`);
  await page.locator("textarea.ta").waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());

  // the list of keys: change one, a taken one is refused, switch one off; it follows the person to another device
  await page.keyboard.press("?");
  await page.locator("dialog[open] .kyh").first().waitFor();
  const row = (p: Page, name: string) => p.locator("dialog[open] .kyh li").filter({ hasText: name }).first();
  const names = await page.locator("dialog[open] .kyh li .grow").allInnerTexts();
  for (const n of ["打开命令", "列出快捷键"]) assert.ok(names.includes(n), names.join(" "));
  assert.ok(names.length >= 12, names.join(" "));
  const next = names.find((n) => /下一/.test(n))!;
  await row(page, next).locator(".kyb").click();
  await page.keyboard.press("Alt+k");
  await page.locator("dialog[open] .kyf").getByText("Alt K").waitFor();
  await page.keyboard.press("Alt+m");
  await row(page, next).locator("kbd").getByText("Alt M").waitFor();
  const ending = names.find((n) => /结束/.test(n))!;
  await row(page, ending).hover();
  await row(page, ending).getByRole("button", { name: `关掉“${ending}”的键` }).click();
  await row(page, ending).getByText("已关").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  const other = await openPage(browser, desk, lin, 1440, 900, faults);
  await other.goto(`${desk.url}/desk/${first}`);
  await other.locator("textarea.ta").waitFor();
  await other.keyboard.press("Alt+j");
  await other.keyboard.press("Alt+e");
  assert.match(other.url(), new RegExp(first), "the old key does nothing");
  assert.equal(await other.locator("dialog[open]").count(), 0, "what is switched off does nothing");
  await other.keyboard.press("Alt+m");
  await other.waitForURL((u) => !u.pathname.endsWith(first));
  await other.context().close();

  // Ctrl K does anything: a setting, a page, an act of the page, a person, a clause
  const command = async (words: string, line: RegExp) => {
    await page.keyboard.press("Control+k");
    await page.locator("dialog[open] .pq input").waitFor();
    await page.locator("dialog[open] .pq input").fill(words);
    await page.locator("dialog[open] .pi").filter({ hasText: line }).first().waitFor();
    for (let i = 0; !line.test(await page.locator("dialog[open] .pi.on").innerText()); i++) { assert.ok(i < 40, `no ${line}`); await page.keyboard.press("ArrowDown"); }
    await page.keyboard.press("Enter");
    await page.locator("dialog[open] .pq").waitFor({ state: "detached" });
  };
  await command("深色", /深色/);
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await command("Ctrl", /Ctrl Enter 发送/);
  await command("忙碌", /忙碌/);
  for (let i = 0; (await lin.me()).presence !== "busy"; i++) { assert.ok(i < 100); await page.waitForTimeout(40); }
  await command("班表", /班表/);
  await page.waitForURL(/\/shifts/);
  await command("首次招呼", /第十一条/);
  await page.waitForURL(/\/rules\/greeting/);
  // the break is asked for from any page
  await command("离席", /离席/);
  await page.locator("dialog[open] #aw-why").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await command("周远", /周远/);
  await page.waitForURL(/\/desk\?.*person=/);
  await page.goto(`${desk.url}/desk/${first}`);
  await page.locator("textarea.ta").waitFor();
  await command("转接", /转接/);
  await page.locator("dialog[open] .trl").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });

  // Enter-to-send is off now: Enter breaks the line, Ctrl Enter sends
  const area = page.locator("textarea.ta");
  await area.fill("第一行");
  await area.press("Enter");
  await area.pressSequentially("第二行");
  assert.equal(await area.inputValue(), "第一行\n第二行");
  await area.press("Control+Enter");
  await page.locator(".mg.a").getByText("第一行").first().waitFor();
  const sent = async () => (await lin.ok("GET", `/conversations/${first}`)).messages.filter((m: any) => m.by.type === "agent").length;
  while (!(await sent())) await page.waitForTimeout(50); // it is shown before it is on the desk
  assert.equal(await sent(), 1);

  // put aside: the next one comes, and it is still counted under the list; a new case and the end are reached without the mouse
  await page.keyboard.press("Alt+s");
  await page.locator(".zzl").getByText("搁置了 1 段").waitFor();
  await page.waitForURL((u) => !u.pathname.includes(first));
  await page.goto(`${desk.url}/desk/${first}`);
  await page.locator(".mg.a").getByText("第一行").first().waitFor();
  await page.keyboard.press("Alt+c");
  await page.locator("dialog[open] .cty button").first().waitFor();
  await page.waitForFunction(() => document.activeElement?.closest(".cty"));
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await command("结束会话", /结束会话/);
  await page.locator("dialog[open] #cl-form").waitFor();
  await page.keyboard.press("Enter"); // a deal
  await page.keyboard.press("Enter"); // the end
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  assert.equal((await lin.ok("GET", `/conversations/${first}`)).state, "closed");

  // wherever the focus is, it can be seen
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  for (let i = 0; i < 24; i++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => { const e = document.activeElement as HTMLElement; if (!e || e === document.body) return true; for (let x: HTMLElement | null = e; x; x = x.parentElement) { const s = getComputedStyle(x); if (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) return true; if (x !== e && !x.matches(":focus-within")) break; } return e.matches("textarea.ta") || `${e.tagName}.${e.className}`; });
    assert.equal(seen, true, `the focus cannot be seen on ${seen}`);
  }
  assert.deepEqual(faults, []);
});
