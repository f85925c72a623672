export default {
  zh: { title: '登录', number: '工号', password: '密码', go: '登录', code: '动态码', ended: '登录已过期，请重新登录。你的草稿都还在。', show: '显示密码', hide: '遮住密码', forgot: '忘了密码，请主管或部门经理重设。', line1: '圆的是人，', line2: '方的是规矩。', caps: '大写锁定开着', demo: '演示' },
  en: { title: 'Sign in', number: 'Job number', password: 'Password', go: 'Sign in', code: 'Code', ended: 'Your session has ended. Sign in again; your drafts are kept.', show: 'Show the password', hide: 'Hide the password', forgot: 'Forgotten? A supervisor or manager can set a new one.', line1: 'Round is people,', line2: 'square is the rule.', caps: 'Caps lock is on', demo: 'Demo' },
}
