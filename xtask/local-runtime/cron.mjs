// Calls the Worker's scheduled handler at the start of every minute, as `* * * * *` does in
// production. A call that takes longer than a minute is not overtaken by the next.
//
// Besides, it is told when workerd has begun: Miniflare keeps queues in memory, so all messages of the
// run before are gone.

const MINUTE_MS = 60_000;

/** Starts the clock; it runs until the process ends. */
export function startCron(miniflare, worker) {
  const next = () => setTimeout(tick, MINUTE_MS - (Date.now() % MINUTE_MS)).unref();
  const tick = async () => {
    try {
      await runScheduled(miniflare, worker);
    } catch (error) {
      console.error(`error: scheduled handler: ${error.stack ?? error}`);
    }
    next();
  };
  next();
}

/** Says that workerd has begun. */
export async function tellBeginning(miniflare, worker) {
  try {
    const { outcome } = await runScheduled(miniflare, worker, "@reboot");
    if (outcome !== "ok") console.error(`error: scheduled handler: ${outcome}`);
  } catch (error) {
    console.error(`error: scheduled handler: ${error.stack ?? error}`);
  }
}

/** Runs the scheduled handler once; answers `{ outcome }`, which is "ok" or says what went wrong. */
export async function runScheduled(miniflare, worker, cron = "* * * * *") {
  // Asked for anew each time: the old one does not survive a restart of workerd.
  const target = await miniflare.getWorker(worker);
  return target.scheduled({ cron, scheduledTime: new Date() });
}
