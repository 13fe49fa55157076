// The core scenarios through Microsoft's JavaScript client: one line of JSON per scenario, what was seen or the error.
// usage: node scenarios.mjs <endpoint> <key>
import { ChangeFeedStartFrom, CosmosClient } from "@azure/cosmos";
const [endpoint, key] = process.argv.slice(2);
const client = new CosmosClient({ endpoint, key, connectionPolicy: { enableEndpointDiscovery: false } });
const { database } = await client.databases.createIfNotExists({ id: "js" });
const { container } = await database.containers.createIfNotExists({
  id: "things",
  partitionKey: { paths: ["/p"] },
  defaultTtl: -1,
  uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/email"] }] },
});
const plain = ({ _rid, _self, _etag, _ts, _attachments, ...rest }) => rest;
async function code(act) {
  try {
    await act();
  } catch (e) {
    return e.code;
  }
  return "none";
}
const scenarios = {
  async create_and_read() {
    const { resource, statusCode, requestCharge } = await container.items.create({
      id: "a",
      p: "1",
      email: "a",
      n: 1,
    });
    const read = await container.item("a", "1").read();
    return {
      created: statusCode,
      charged: requestCharge > 0,
      read: plain(read.resource),
      same: read.etag === resource._etag,
    };
  },
  async conflicts_and_absence() {
    await container.items.create({ id: "x", p: "2", email: "x" });
    return {
      twice: await code(() => container.items.create({ id: "x", p: "2", email: "y" })),
      unique: await code(() => container.items.create({ id: "y", p: "2", email: "x" })),
      absent: (await container.item("nobody", "2").read()).statusCode,
      gone: await code(() => container.item("nobody", "2").delete()),
    };
  },
  async etags() {
    const { resource } = await container.items.upsert({ id: "e", p: "3", email: "e", n: 1 });
    const stale = { accessCondition: { type: "IfMatch", condition: resource._etag } };
    await container.item("e", "3").replace({ ...resource, n: 2 }, stale);
    const late = await code(() => container.item("e", "3").replace({ ...resource, n: 3 }, stale));
    const now = await container.item("e", "3").read();
    const same = await container
      .item("e", "3")
      .read({ accessCondition: { type: "IfNoneMatch", condition: now.etag } });
    return { late, n: now.resource.n, same: same.statusCode };
  },
  async queries() {
    for (let n = 0; n < 5; n++)
      await container.items.create({ id: `q${n}`, p: "4", email: `q${n}`, n, tags: ["t", n] });
    const options = { partitionKey: "4" };
    const all = async (query, parameters = []) =>
      (await container.items.query({ query, parameters }, options).fetchAll()).resources;
    return {
      sorted: await all("SELECT VALUE c.n FROM c WHERE c.n >= @n ORDER BY c.n DESC", [
        { name: "@n", value: 2 },
      ]),
      cut: await all("SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 1 LIMIT 2"),
      counted: await all("SELECT VALUE COUNT(1) FROM c WHERE STARTSWITH(c.id, 'q')"),
      joined: await all("SELECT VALUE t FROM c JOIN t IN c.tags WHERE c.id = 'q3'"),
      wrong: await code(() => all("SELEC * FROM c")),
    };
  },
  async pages() {
    const sizes = [];
    let token;
    const seen = [];
    do {
      const page = await container.items
        .query("SELECT VALUE c.id FROM c ORDER BY c.id", {
          partitionKey: "4",
          maxItemCount: 2,
          continuationToken: token,
        })
        .fetchNext();
      sizes.push(page.resources.length);
      seen.push(...page.resources);
      token = page.continuationToken;
    } while (token);
    return { sizes, seen };
  },
  async patch() {
    await container.items.create({ id: "p", p: "5", email: "p", n: 1 });
    const item = container.item("p", "5");
    const { resource } = await item.patch([
      { op: "incr", path: "/n", value: 4 },
      { op: "add", path: "/more", value: [1] },
    ]);
    const refused = await code(() =>
      item.patch({ condition: "FROM c WHERE c.n = 1", operations: [{ op: "set", path: "/n", value: 0 }] }),
    );
    return { after: plain(resource), refused };
  },
  async batch() {
    const ok = await container.items.batch(
      [
        { operationType: "Create", resourceBody: { id: "b1", p: "6", email: "b1" } },
        { operationType: "Read", id: "b1" },
      ],
      "6",
    );
    const failed = await container.items.batch(
      [
        { operationType: "Create", resourceBody: { id: "b2", p: "6", email: "b2" } },
        { operationType: "Create", resourceBody: { id: "b1", p: "6", email: "b3" } },
      ],
      "6",
    );
    const left = (await container.items.query("SELECT VALUE c.id FROM c", { partitionKey: "6" }).fetchAll())
      .resources;
    return { ok: ok.result.map((r) => r.statusCode), failed: failed.result.map((r) => r.statusCode), left };
  },
  async change_feed() {
    const iterator = container.items.getChangeFeedIterator({
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
      maxItemCount: 100,
    });
    const first = await iterator.readNext();
    const then = await iterator.readNext();
    await container.items.upsert({ id: "f", p: "7", email: "f" });
    const last = await iterator.readNext();
    return { some: first.result.length > 3, then: then.statusCode, last: last.result.map((r) => r.id) };
  },
  async bulk() {
    const create = (p, id, email) => ({
      operationType: "Create",
      partitionKey: p,
      resourceBody: { id, p, email },
    });
    const outcomes = await container.items.executeBulkOperations([
      create("8", "k1", "k1"),
      create("9", "k2", "k2"),
      create("8", "k3", "k1"), // the unique key is taken
    ]);
    const count = async (p) =>
      (await container.items.query("SELECT VALUE COUNT(1) FROM c", { partitionKey: p }).fetchAll())
        .resources[0];
    return {
      outcomes: outcomes.map((one) => one.response?.statusCode ?? one.error?.code),
      left: [await count("8"), await count("9")],
    };
  },
  async ttl() {
    await container.items.create({ id: "t", p: "10", email: "t", ttl: 1 });
    await new Promise((r) => setTimeout(r, 2100));
    return (await container.item("t", "10").read()).statusCode;
  },
  async wrong_key() {
    const stranger = new CosmosClient({
      endpoint,
      key: Buffer.from("other").toString("base64"),
      connectionPolicy: { enableEndpointDiscovery: false },
    });
    return code(() => stranger.database("js").read());
  },
};
for (const [scenario, act] of Object.entries(scenarios)) {
  try {
    console.log(JSON.stringify({ scenario, seen: await act() }));
  } catch (error) {
    console.log(
      JSON.stringify({ scenario, error: `${error.code ?? error.name}: ${error.message}`.slice(0, 700) }),
    );
  }
}
process.exit(0);
