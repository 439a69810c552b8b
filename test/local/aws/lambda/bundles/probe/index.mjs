let invocations = 0;

/** Does what the event asks for and reports about its process. */
export async function handler(event, context) {
  invocations += 1;
  if (event.Records) {
    console.log(JSON.stringify(event));
    if (event.Records.some(({ body }) => body === 'fails')) throw new Error('failed');
  }
  if (event.Step) {
    console.log(JSON.stringify(event));
    if (process.env.PROBE === 'failing steps') throw new Error('failed');
  }
  switch (event.do) {
    case 'throw':
      throw Object.assign(new Error('no such connection'), { name: 'InvalidEvent' });
    case 'throwText':
      throw 'just text';
    case 'throwUntil':
      console.log(`attempt ${invocations}`);
      if (invocations < event.invocation) throw new Error(`failed ${context.awsRequestId}`);
      break;
    case 'log':
      for (const line of event.lines) console.log(JSON.stringify(line));
      break;
    case 'exit':
      process.exit(3);
      break;
    case 'hang':
      console.log('hanging');
      await new Promise(() => setInterval(() => {}, 1000));
      break;
    case 'block':
      console.log('blocking');
      for (;;);
    case 'print':
      for (let line = 1; line <= event.lines; line += 1) {
        (line % 2 === 0 ? console.error : console.log)(`line ${line}`);
      }
      process.stdout.write('without an end');
      break;
    case 'sleep': {
      const cleared = setTimeout(() => console.log('never'), event.ms);
      const asleep = new Promise((resolve) => setTimeout(resolve, event.ms, 'awake'));
      clearTimeout(cleared);
      console.log('asleep');
      console.log(await asleep);
      break;
    }
    case 'awaitYear':
      console.log('waiting');
      while (new Date().getUTCFullYear() < event.year) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
  }
  return {
    pid: process.pid,
    invocations,
    env: process.env,
    now: Date.now(),
    newDate: new Date().toISOString(),
    dateText: Date(),
    fixedDate: new Date(0).toISOString(),
    isDate: new Date() instanceof Date,
    requestId: context.awsRequestId,
    functionName: context.functionName,
    remainingMs: context.getRemainingTimeInMillis(),
  };
}
