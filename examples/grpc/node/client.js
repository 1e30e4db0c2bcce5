// A client of Keelson's own API. Arguments: HOST:PORT and the folder with ca.crt, admin.crt and admin.key.
'use strict';

const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const PROTOS = path.join(__dirname, '../../../proto/src/main/proto');

const definition = protoLoader.loadSync(
    ['sets', 'history', 'why'].map(name => `keelson/v1/${name}.proto`),
    {includeDirs: [PROTOS], keepCase: true, longs: String, enums: String, defaults: true});
const keelson = grpc.loadPackageDefinition(definition).keelson.v1;

const [server, pki] = process.argv.slice(2);
const file = name => fs.readFileSync(path.join(pki, name));
const credentials = grpc.credentials.createSsl(file('ca.crt'), file('admin.key'), file('admin.crt'));

const sets = new keelson.Sets(server, credentials);
const history = new keelson.History(server, credentials);
const why = new keelson.Why(server, credentials);

/** One call as a promise, with a deadline of ten seconds. */
function call(client, method, request) {
  return new Promise((resolve, reject) => client[method](
      request, {deadline: Date.now() + 10000}, (failure, answer) => failure ? reject(failure) : resolve(answer)));
}

const json = object => ({json: Buffer.from(JSON.stringify(object))});
const ref = (resource, name) => ({kind: {resource}, name});

const set = colour => ({
  objects: [
    json({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'grpc-colour'}, data: {colour}}),
    json({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'grpc-web'},
      spec: {
        replicas: 1, selector: {matchLabels: {app: 'grpc-web'}},
        template: {
          metadata: {labels: {app: 'grpc-web'}},
          spec: {nodeSelector: {'no-such': 'node'}, containers: [{name: 'main', image: 'hello:1'}]},
        },
      },
    }),
  ],
  encoding: 'ENCODING_JSON',
});

async function main() {
  // Two objects, one transaction, one revision.
  const applied = await call(sets, 'Apply', set('blue'));
  applied.items.forEach(item => console.log(item.ref.name, item.outcome));
  console.log('at revision', applied.revision);

  // A change, and back.
  await call(sets, 'Apply', set('green'));
  const {changes} = await call(history, 'Changes', {ref: ref('configmaps', 'grpc-colour')});
  for (const change of changes) {
    console.log(change.revision, change.type);
    change.changes.forEach(field => console.log(`  ${field.path}: ${field.before} -> ${field.after}`));
  }
  const undone = await call(history, 'Undo', {ref: ref('configmaps', 'grpc-colour'), encoding: 'ENCODING_JSON'});
  console.log('undone to revision', undone.restored_revision);

  const explained = await call(why, 'Explain', {ref: ref('deployments', 'grpc-web')});
  console.log(`${explained.state}: ${explained.reason} ${explained.remedy}`);

  // A refusal.
  try {
    await call(sets, 'Apply', {objects: [json({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'Not_A_Name'}})]});
  } catch (refused) {
    console.log(grpc.status[refused.code], refused.details);
  }
}

main().catch(failure => {
  console.error(failure.message);
  process.exitCode = 1;
}).finally(() => [sets, history, why].forEach(client => client.close()));
