// The servers of the usual providers, so that nobody has to look them up. Facts as the providers publish them for mail programs:
// encryption from the first byte on both sides where there is a choice.
export interface Provider { id: string; domains: string[]; in: [host: string, port: number]; out: [host: string, port: number, security: 'tls' | 'starttls']; hint: 'code' | 'app' | 'plain' | 'modern' }
export const providers: Provider[] = [
  { id: 'qq', domains: ['qq.com', 'foxmail.com', 'vip.qq.com'], in: ['imap.qq.com', 993], out: ['smtp.qq.com', 465, 'tls'], hint: 'code' },
  { id: 'n163', domains: ['163.com'], in: ['imap.163.com', 993], out: ['smtp.163.com', 465, 'tls'], hint: 'code' },
  { id: 'n126', domains: ['126.com'], in: ['imap.126.com', 993], out: ['smtp.126.com', 465, 'tls'], hint: 'code' },
  { id: 'exmail', domains: [], in: ['imap.exmail.qq.com', 993], out: ['smtp.exmail.qq.com', 465, 'tls'], hint: 'code' },
  { id: 'ali', domains: [], in: ['imap.qiye.aliyun.com', 993], out: ['smtp.qiye.aliyun.com', 465, 'tls'], hint: 'plain' },
  { id: 'gmail', domains: ['gmail.com', 'googlemail.com'], in: ['imap.gmail.com', 993], out: ['smtp.gmail.com', 465, 'tls'], hint: 'app' },
  { id: 'outlook', domains: ['outlook.com', 'hotmail.com', 'live.com'], in: ['outlook.office365.com', 993], out: ['smtp.office365.com', 587, 'starttls'], hint: 'modern' },
]
export const providerOf = (address: string) => { const d = address.split('@')[1]?.trim().toLowerCase() ?? ''; return providers.find((p) => p.domains.includes(d)) }
