// The core scenarios through Microsoft's JavaScript client: one line of JSON per scenario, what was seen or the error.
// usage: node scenarios.mjs <AMQP port> <administration port>
import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";

const [amqpPort, adminPort] = process.argv.slice(2);
const at = (port, key = "SAS_KEY_VALUE") =>
  `Endpoint=sb://localhost:${port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${key};` +
  "UseDevelopmentEmulator=true;";
const impatient = { retryOptions: { maxRetries: 0, timeoutInMs: 5000 } };
const SCENARIO_MS = 15_000;
const JOBS = "jobs"; // 5 s locks, 3 deliveries, duplicate detection
const BULK = "bulk";
const TALKS = "talks"; // requires sessions

const client = new ServiceBusClient(at(amqpPort), impatient);
const sender = client.createSender(BULK);
const receiver = client.createReceiver(BULK);
const dead = client.createReceiver(BULK, { subQueueType: "deadLetter" });

async function next(from = receiver) {
  const [message] = await from.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  if (!message) throw new Error("no message arrived");
  return message;
}

async function isEmpty(from = receiver) {
  return (await from.receiveMessages(1, { maxWaitTimeInMs: 300 })).length === 0;
}

async function errorCode(act) {
  try {
    await act();
  } catch (error) {
    return error.code;
  }
  return "none";
}

const scenarios = {
  async send_and_complete() {
    await sender.sendMessages({ body: { city: "Seoul" } });
    const message = await next();
    await receiver.completeMessage(message);
    return { body: message.body, deliveries: message.deliveryCount, left: !(await isEmpty()) };
  },

  async message_properties() {
    await sender.sendMessages({
      body: "text",
      messageId: "m-1",
      subject: "subject",
      contentType: "text/plain",
      correlationId: "c-1",
      replyTo: "answers",
      to: "somewhere",
      timeToLive: 60_000,
      applicationProperties: { text: "t", whole: 7, half: 0.5, yes: true },
    });
    const message = await next();
    await receiver.completeMessage(message);
    const { messageId, subject, contentType, correlationId, replyTo, to, timeToLive } = message;
    const { applicationProperties, state } = message;
    return {
      ...{ messageId, subject, contentType, correlationId, replyTo, to, timeToLive },
      ...{ applicationProperties, state },
      numbered: message.sequenceNumber.toNumber() > 0,
      recent: Math.abs(Date.now() - message.enqueuedTimeUtc) < 10_000,
      expiresAfter: message.expiresAtUtc - message.enqueuedTimeUtc,
    };
  },

  async message_without_id_gets_one() {
    await sender.sendMessages({ body: "anonymous" });
    const message = await next();
    await receiver.completeMessage(message);
    return typeof message.messageId === "string" && message.messageId.length > 0;
  },

  async batch() {
    const batch = await sender.createMessageBatch();
    const added = [0, 1, 2].map((number) => batch.tryAddMessage({ body: number }));
    added.push(batch.tryAddMessage({ body: "x".repeat(300_000) }));
    await sender.sendMessages(batch);
    const messages = await receiver.receiveMessages(3, { maxWaitTimeInMs: 5000 });
    for (const message of messages) await receiver.completeMessage(message);
    return { added, limit: batch.maxSizeInBytes, bodies: messages.map((message) => message.body) };
  },

  async oversized_message() {
    return errorCode(() => sender.sendMessages({ body: "x".repeat(300_000) }));
  },

  async several_frames() {
    await sender.sendMessages({ body: "x".repeat(200_000) });
    const message = await next();
    await receiver.completeMessage(message);
    return message.body.length;
  },

  async abandon_counts_deliveries() {
    await sender.sendMessages({ body: "again" });
    const first = await next();
    await receiver.abandonMessage(first);
    const second = await next();
    await receiver.completeMessage(second);
    return [first.deliveryCount, second.deliveryCount];
  },

  async last_delivery_is_dead_lettered() {
    const jobs = client.createReceiver(JOBS);
    const buried = client.createReceiver(JOBS, { subQueueType: "deadLetter" });
    const jobSender = client.createSender(JOBS);
    await jobSender.sendMessages({ body: "poison" });
    for (let delivery = 0; delivery < 3; delivery++) await jobs.abandonMessage(await next(jobs));
    const message = await next(buried);
    await buried.completeMessage(message);
    await Promise.all([jobs.close(), buried.close(), jobSender.close()]);
    return { reason: message.deadLetterReason, source: message.deadLetterSource };
  },

  async dead_letter() {
    await sender.sendMessages({ body: "unwanted" });
    await receiver.deadLetterMessage(await next(), {
      deadLetterReason: "unwanted",
      deadLetterErrorDescription: "nobody asked",
    });
    const message = await next(dead);
    await dead.completeMessage(message);
    return [message.body, message.deadLetterReason, message.deadLetterErrorDescription];
  },

  async defer() {
    await sender.sendMessages({ body: "not now" });
    const message = await next();
    await receiver.deferMessage(message);
    const hidden = await isEmpty();
    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
    await receiver.completeMessage(deferred);
    return { hidden, body: deferred.body, state: deferred.state };
  },

  async schedule() {
    const due = new Date(Date.now() + 1000);
    await sender.scheduleMessages({ body: "later" }, due);
    const early = await isEmpty();
    const message = await next();
    await receiver.completeMessage(message);
    return { early, body: message.body, punctual: message.enqueuedTimeUtc >= due };
  },

  async cancel_schedule() {
    const [number] = await sender.scheduleMessages([{ body: "never" }], new Date(Date.now() + 3_600_000));
    const [peeked] = await receiver.peekMessages(1, { fromSequenceNumber: number });
    await sender.cancelScheduledMessages(number);
    const after = await receiver.peekMessages(1, { fromSequenceNumber: number });
    const again = await errorCode(() => sender.cancelScheduledMessages(number));
    return { peeked: [peeked.body, peeked.state], after: after.length, again };
  },

  async peek_takes_nothing() {
    await sender.sendMessages([{ body: "a" }, { body: "b" }]);
    const peeked = await receiver.peekMessages(10);
    const received = await receiver.receiveMessages(2, { maxWaitTimeInMs: 5000 });
    for (const message of received) await receiver.completeMessage(message);
    return [peeked, received].map((messages) => messages.map((message) => message.body));
  },

  async renew() {
    await sender.sendMessages({ body: "long work" });
    const message = await next();
    const before = message.lockedUntilUtc;
    await new Promise((resolve) => setTimeout(resolve, 20));
    const after = await receiver.renewMessageLock(message);
    await receiver.completeMessage(message);
    return after > before;
  },

  async settled_twice() {
    await sender.sendMessages({ body: "once" });
    const message = await next();
    await receiver.completeMessage(message);
    try {
      await receiver.completeMessage(message);
    } catch (error) {
      return error.message;
    }
    return "none";
  },

  async receive_and_delete() {
    await sender.sendMessages({ body: "gone" });
    const taker = client.createReceiver(BULK, { receiveMode: "receiveAndDelete" });
    const message = await next(taker);
    await taker.close();
    return { body: message.body, left: !(await isEmpty()) };
  },

  async duplicate_is_dropped() {
    const jobSender = client.createSender(JOBS);
    const jobs = client.createReceiver(JOBS);
    await jobSender.sendMessages({ body: "first", messageId: "twin" });
    await jobSender.sendMessages({ body: "second", messageId: "twin" });
    const message = await next(jobs);
    await jobs.completeMessage(message);
    const alone = await isEmpty(jobs);
    await Promise.all([jobSender.close(), jobs.close()]);
    return { body: message.body, alone };
  },

  async subscribe() {
    const bodies = [];
    const streaming = client.createReceiver(BULK);
    const done = new Promise((resolve, reject) => {
      streaming.subscribe({
        processMessage: async (message) => {
          bodies.push(message.body);
          if (bodies.length === 5) resolve();
        },
        processError: async ({ error }) => reject(error),
      });
    });
    await sender.sendMessages([0, 1, 2, 3, 4].map((body) => ({ body })));
    await done;
    await streaming.close();
    return bodies;
  },

  async sessions() {
    const talking = client.createSender(TALKS);
    const say = (sessionId, body) => talking.sendMessages({ sessionId, body });
    await say("a", 1);
    await say("b", 2);
    await say("a", 3);
    const named = await client.acceptSession(TALKS, "a");
    const first = await next(named);
    await named.setSessionState("at 1");
    await named.completeMessage(first);
    const taken = await errorCode(() => client.acceptSession(TALKS, "a"));
    const other = await client.acceptNextSession(TALKS);
    await other.completeMessage(await next(other));
    await other.close();
    const second = await next(named);
    await named.deferMessage(second);
    const [deferred] = await named.receiveDeferredMessages(second.sequenceNumber);
    await named.completeMessage(deferred);
    const renewed = (await named.renewSessionLock()) > new Date();
    const state = await named.getSessionState();
    await named.setSessionState(null);
    await named.close();
    const none = await errorCode(() => client.acceptNextSession(TALKS));
    const unnamed = await errorCode(() => talking.sendMessages({ body: "x" }));
    return { order: [first.body, deferred.body], other: other.sessionId, taken, renewed, state, none, unnamed };
  },

  async unknown_queue() {
    const nowhere = client.createSender("nowhere");
    return errorCode(() => nowhere.sendMessages({ body: "x" }));
  },

  async wrong_key() {
    const stranger = new ServiceBusClient(at(amqpPort, "other"), impatient);
    const code = await errorCode(() => stranger.createSender(BULK).sendMessages({ body: "x" }));
    await stranger.close();
    return code;
  },

  async administration() {
    const admin = new ServiceBusAdministrationClient(at(adminPort));
    const made = await admin.createQueue("from-js", { maxDeliveryCount: 4, lockDuration: "PT30S" });
    await admin.updateQueue({ ...made, maxDeliveryCount: 6 });
    await client.createSender("from-js").sendMessages({ body: "counted" });
    const runtime = await admin.getQueueRuntimeProperties("from-js");
    const names = [];
    for await (const queue of admin.listQueues()) names.push(queue.name);
    const changed = await admin.getQueue("from-js");
    const existed = await admin.queueExists("from-js");
    await admin.deleteQueue("from-js");
    return {
      created: [made.name, made.maxDeliveryCount, made.lockDuration],
      changed: changed.maxDeliveryCount,
      active: runtime.activeMessageCount,
      total: runtime.totalMessageCount,
      names: names.sort(),
      existed,
      exists: await admin.queueExists("from-js"),
    };
  },
};

async function limited(act) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${SCENARIO_MS} ms`)), SCENARIO_MS);
  });
  return Promise.race([act(), late]).finally(() => clearTimeout(timer));
}

for (const [scenario, act] of Object.entries(scenarios)) {
  try {
    console.log(JSON.stringify({ scenario, seen: await limited(act) }));
  } catch (error) {
    console.log(JSON.stringify({ scenario, error: `${error.code ?? error.name}: ${error.message}` }));
  }
}
await client.close();
process.exit(0);
