export default {
  zh: {
    title: '查找', box: '找说过的话、顾客、订单号、单号', label: '查找', clear: '清空',
    kinds: { all: '全部', message: '消息', conversation: '会话', customer: '顾客', order: '订单', case: '单据', phrase: '短语' },
    keys: { from: '谁说的', customer: '顾客', agent: '接待', channel: '渠道', tag: '标签', state: '状态', type: '类型', date: '日期' },
    values: { waiting: '待接入', open: '进行中', closed: '已结束', customer: '顾客', agent: '客服', note: '备注', auto: '自动' },
    drop: '去掉“{text}”', add: '只看', dates: ['今天', '昨天', '本周', '本月', '上月'].join('\n'), anyDate: '不限日期', anyState: '不限状态', anyType: '不限类型', anyPerson: '不限人',
    recent: '最近找过', forget: '清掉', tips: '写几个字就找，繁体简体、全角半角都一样。“引号里的”不拆开，-减号后面的不要；谁：小王、标签：急、日期：2026-11 也可以直接写。',
    none: '没有找到“{q}”', noneText: '少写几个字试试；拆开的词要都在同一条消息里。', noneFilter: '去掉一个条件试试。', passed: '没看懂“{text}”，没有用它。',
    cut: '没有一字不差的，下面的消息含有：{words}', more: '更早的', moreBusy: '正在找', partial: '找到这里，再往前还没找。', go: '再往前找', many: '太多了，先看最近的；加上人、日期或渠道更准。', all: '看全部{kind}', by: '{name}对{customer}', auto: '自动回复', note: '备注', result: '找到 {n} 条', keysHint: '↑ ↓ 选，Enter 打开',
  },
  en: {
    title: 'Find', box: 'Words that were said, customers, order and case numbers', label: 'Find', clear: 'Clear',
    kinds: { all: 'All', message: 'Messages', conversation: 'Chats', customer: 'Customers', order: 'Orders', case: 'Cases', phrase: 'Phrases' },
    keys: { from: 'Said by', customer: 'Customer', agent: 'Served by', channel: 'Channel', tag: 'Tag', state: 'State', type: 'Kind', date: 'Date' },
    values: { waiting: 'waiting', open: 'open', closed: 'closed', customer: 'customer', agent: 'agent', note: 'note', auto: 'automatic' },
    drop: 'Remove “{text}”', add: 'Only', dates: 'today\nyesterday\nweek\nmonth', anyDate: 'Any date', anyState: 'Any state', anyType: 'Any kind', anyPerson: 'Anybody',
    recent: 'Recent', forget: 'Forget', tips: 'A few characters are enough; traditional and simplified, full and half width are the same. “Quoted” stays whole, -word leaves out; from:Wang, tag:urgent, date:2026-11 may be typed.',
    none: 'Nothing found for “{q}”', noneText: 'Try fewer characters; words that were cut must stand in one message.', noneFilter: 'Try without one of the conditions.', passed: '“{text}” was not understood and not used.',
    cut: 'Nothing holds it word for word; these messages hold: {words}', more: 'Earlier', moreBusy: 'Looking', partial: 'Looked up to here; what is earlier was not looked at.', go: 'Look further back', many: 'Very many; the newest come first. A person, date or channel makes it precise.', all: 'All {kind}', by: '{name} to {customer}', auto: 'automatic', note: 'note', result: '{n} found', keysHint: '↑ ↓ choose, Enter opens',
  },
}
