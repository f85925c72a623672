export default {
  zh: {
    block: '规则块',
    say: '《{title}》第 {v} 版，{d}起施行。', sayAck: '你还没有签收这一版。', sayAcked: '你 {t} 已签收。', running: '{n} 条在执行', told: '{n} 条只作告知', asking: '{n} 处没定', off: '{n} 条依法未执行', search: '找条款、数字、谁',
    state: { running: '在执行', told: '只作告知', asking: '有一处没定', not_in_force: '依法未执行' }, runs: '这个月执行 {n} 次', runsNone: '这个月还没有执行过', noneFound: '没有找到“{q}”。', noneHint: '换一个词试试，也可以搜数字，比如 30 秒。',
    ack: '我读过了，签收', acked: '已签收，谢谢', ackDue: '{t} 前签收', who: '谁还没签收', whoTitle: '签收情况', whoSay: '{n} 人里 {m} 人已签收', not: '还没签收', notLate: '过期没签', at: '签收时间', allIn: '所有人都已签收。', unread: '没签收',
    rule: '规则块', examples: '{n} 个例子', hideRule: '收起规则块', showRule: '看规则块', law: '这一条照原文保留，不执行', next: '第 {v} 版 {d}起施行', edit: '改这一条', prev: '上一条', nextClause: '下一条', none: '还没有制度。', noneNext: '请部门经理在“改制度”里发布第一版。', copyLink: '复制这一条的链接', list: '条目', covers: '这个数从哪里来',
  },
  en: {
    block: 'Rule block',
    say: '“{title}”, version {v}, in force since {d}.', sayAck: 'You have not acknowledged this version.', sayAcked: 'You acknowledged it {t}.', running: '{n} running', told: '{n} told only', asking: '{n} undecided', off: '{n} not in force by law', search: 'Clause, figure, person',
    state: { running: 'Running', told: 'Told only', asking: 'One point undecided', not_in_force: 'Not in force by law' }, runs: 'Ran {n} times this month', runsNone: 'Has not run this month', noneFound: 'Nothing found for “{q}”.', noneHint: 'Try another word, or a figure such as 30.',
    ack: 'I have read it', acked: 'Acknowledged, thank you', ackDue: 'Acknowledge by {t}', who: 'Who has not', whoTitle: 'Acknowledgements', whoSay: '{m} of {n} have acknowledged', not: 'Not yet', notLate: 'Overdue', at: 'Acknowledged', allIn: 'Everybody has acknowledged.', unread: 'not acknowledged',
    rule: 'Rule block', examples: '{n} examples', hideRule: 'Hide the rule', showRule: 'Show the rule', law: 'Kept as written, not in force', next: 'Version {v} takes effect {d}', edit: 'Edit this clause', prev: 'Previous clause', nextClause: 'Next clause', none: 'There is no rulebook yet.', noneNext: 'A manager publishes the first version in the editor.', copyLink: 'Copy the link to this clause', list: 'Clauses', covers: 'Where this figure stands',
  },
}
