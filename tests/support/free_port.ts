// A port of this machine that nobody listens at. Below those the system gives to outgoing connections (32768 and up), so that no connection of
// the test itself takes it between this answer and the program's start, or while the program is down.
import { createServer } from "node:net";

const FROM = 20_000, TO = 32_000;

const free = (port: number): Promise<boolean> => new Promise((done) => {
  const s = createServer();
  s.once("error", () => done(false));
  s.listen(port, "127.0.0.1", () => s.close(() => done(true)));
});

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = FROM + Math.floor(Math.random() * (TO - FROM));
    if (await free(port)) return port;
  }
  throw new Error(`no free port between ${FROM} and ${TO}`);
}
