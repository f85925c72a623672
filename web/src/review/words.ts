export default {
  zh: {
    often: { 日: '日', 周: '周', 月: '月', 季: '季', 年: '年', 自然周: '自然周', 自然月: '自然月', 自然季: '自然季', 自然年: '自然年' },
    say: '本周还要抽 *{n}* 段', sayLists: '，{k} 张检查表要查。', sayDot: '。', done: '本周的抽检都做完了。', each: '每{e}', due: '{t} 前', samples: '要抽的', none: '没有抽样要求', findings: '最近记下的', findingsNone: '还没有记下发现。', look: '看会话', record: '记一条', recordTitle: '{list}：记一条', ok: '没有问题', okToast: '已记：没有问题', item: '哪一项', person: '谁', about: '哪一段', text: '看到什么', textHint: '写事实：几点、说了什么、做了什么', files: '照片', effect: '照制度：{e}', send: '记下', sent: '已记下，{name} 会看到', object: '会话', average: '{a} / {b}', by: '由{who}', noChecklists: '制度里没有检查表。', sampleOf: '{name} 的一段', reviewed: '已看', fresh: '抽下一段', optional: '可不填', you: '这张表由 {who} 查', nothing: '本周没有段要抽', progress: '{a} / {b}', spots: '现场检查',
  },
  en: {
    often: { 日: 'day', 周: 'week', 月: 'month', 季: 'quarter', 年: 'year', 自然周: 'week', 自然月: 'month', 自然季: 'quarter', 自然年: 'year' },
    say: '*{n}* samples to go this week', sayLists: ', {k} checklists due.', sayDot: '.', done: 'All samples of this week are done.', each: 'every {e}', due: 'by {t}', samples: 'To sample', none: 'No samples asked for', findings: 'Recorded lately', findingsNone: 'Nothing recorded yet.', look: 'Open the chat', record: 'Record', recordTitle: '{list}: record a finding', ok: 'Nothing found', okToast: 'Recorded: nothing found', item: 'Which item', person: 'Who', about: 'Which one', text: 'What you saw', textHint: 'Facts: when, what was said, what was done', files: 'Pictures', effect: 'By the rulebook: {e}', send: 'Record', sent: 'Recorded; {name} will see it', object: 'Chat', average: '{a} / {b}', by: 'by {who}', noChecklists: 'The rulebook has no checklists.', sampleOf: 'A chat of {name}', reviewed: 'seen', fresh: 'Draw the next', optional: 'optional', you: 'Checked by {who}', nothing: 'No samples this week', progress: '{a} / {b}', spots: 'On the spot',
  },
}
