export default {
  zh: {
    owed: '{n} 笔款项等你确认', owedSum: '共 {m}，{k} 笔有申诉；去调度页一笔一笔看', owedPlain: '共 {m}；去调度页一笔一笔看',
    say: '*{n} 件*等你定', urgent: '，最急的一件还剩 *{d}*。', late: '，最急的一件已过 ^{d}^。', end: '。', none: '没有等你定的事。', onlyOwed: '没有要你批的，有 *{n} 笔*款项等你确认。', owedHint: '你确认前，这些款项不进工资单。', noneHint: '有人请假、离岗、要补偿，或者单据走到你这一步，会出现在这里。', agreed: '已同意：{title}', disagreed: '已退回：{title}', seeCase: '看这张单', seeRoster: '看班表', keys: '选中一件后，Y 同意，N 退回', by: '{name}，{t}', gone: '这件已经有人办了', fines: '还有 {n} 笔款项等你确认', seeFines: '去确认',
  },
  en: {
    owed: '{n} entries to confirm', owedSum: '{m} in all, {k} appealed; look at each on the floor', owedPlain: '{m} in all; look at each on the floor',
    say: '*{n}* wait for you', urgent: ', the most urgent for another *{d}*.', late: ', the most urgent is ^{d}^ over.', end: '.', none: 'Nothing waits for you.', onlyOwed: 'No approvals; *{n}* entries wait for your confirmation.', owedHint: 'Nothing reaches the pay sheet before you confirm it.', noneHint: 'Leave, leaving the post, compensation and cases that reach your step appear here.', agreed: 'Agreed: {title}', disagreed: 'Sent back: {title}', seeCase: 'Show the case', seeRoster: 'Show the roster', keys: 'On a chosen card: Y agrees, N sends back', by: '{name}, {t}', gone: 'Somebody has decided this already', fines: '{n} entries wait for your confirmation', seeFines: 'Confirm them',
  },
}
