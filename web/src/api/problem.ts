// What went wrong, in words a person may read. Every failed call throws an ApiError that carries one Problem.
import { lang } from '@/i18n'

export interface Problem { key: string; zh: string; en: string; clause?: string | null; fix?: unknown; status: number }

export class ApiError extends Error {
  constructor(readonly problem: Problem) { super(problem.key) }
}

export const problemText = (p: Problem): string => (lang.value === 'en' ? p.en || p.zh : p.zh || p.en)

const words: Record<number, [key: string, zh: string, en: string]> = {
  0: ['offline', '连不上服务器。内容都还在，连上后再试。', 'The server cannot be reached. Nothing you typed is lost; try again when the connection is back.'],
  401: ['not_signed_in', '登录已过期，请重新登录。', 'Your session has ended. Sign in again.'],
  403: ['denied', '你没有这项权限。', 'You may not do this.'],
  404: ['not_found', '找不到这一条，可能已经改名或撤下。', 'This is not here any more.'],
  409: ['conflict', '别人刚刚改过，请看最新的再决定。', 'Somebody changed this a moment ago. Look at the newest state first.'],
  413: ['too_large', '文件太大，最多 20 MB。', 'The file is too large; 20 MB at most.'],
  429: ['too_many', '操作太快，请稍等片刻。', 'Too many requests. Wait a moment.'],
  503: ['busy', '服务器正忙，请稍后再试。', 'The server is busy. Try again shortly.'],
  507: ['disk_full', '服务器磁盘已满，请联系管理员。已保存的内容不受影响。', 'The server\'s disk is full. Tell the administrator; what was saved is safe.'],
}

export function problemFor(status: number, body?: unknown): Problem {
  const e = (body as { error?: Partial<Problem> } | undefined)?.error
  const [key, zh, en] = words[status] ?? ['failed', '没有办成，请再试一次。', 'This did not work. Try again.']
  return { key: e?.key ?? key, zh: e?.zh ?? zh, en: e?.en ?? en, clause: e?.clause ?? null, fix: e?.fix, status }
}

/** Any thrown value as a Problem, so that a page can draw it. */
export function asProblem(e: unknown): Problem {
  if (e instanceof ApiError) return e.problem
  console.error(e)
  return problemFor(-1)
}
