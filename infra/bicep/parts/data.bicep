// What is kept and exchanged: database, cache, bus, documents, secrets, images, models, backups.
targetScope = 'resourceGroup'

@description('Which site this is.')
type Site = {
  // Names of its resources.
  names: object
  // Region.
  location: string
  // Region of the copies; empty for none.
  secondaryLocation: string
  // Whether it owns documents, images and backups.
  isFirst: bool
  // Whether the database has a read replica beside it.
  hasReplica: bool
}

@description('Which site this is.')
param site Site

@description('Sizes and zones, as main.bicep declares them.')
param sizes object

@description('Deployments of models.')
param models object

@description('Server to follow, in a second site; else empty.')
param sourceServerId string

@description('Entra group that administers the database: groupId and groupName.')
param operators object

@description('Identity that changes the schema.')
param migrations object

@description('Workspace of the logs.')
param workspaceId string

@description('PostgreSQL.')
module postgres '../modules/postgres.bicep' = {
  name: 'postgres'
  params: {
    name: site.names.postgres
    location: site.location
    server: {
      size: sizes.postgres
      storageGb: sizes.postgresStorageGb
      zone: sizes.postgresZones[0]
      standbyZone: sizes.postgresZones[1]
    }
    sourceServerId: sourceServerId
    administrators: [
      { objectId: operators.groupId, name: operators.groupName, type: 'Group' }
      { objectId: migrations.principalId, name: migrations.name, type: 'ServicePrincipal' }
    ]
    workspaceId: workspaceId
  }
}

@description('Read replica of PostgreSQL; a second site is one itself.')
module replica '../modules/postgres-replica.bicep' = if (site.hasReplica) {
  name: 'replica'
  params: {
    name: '${site.names.postgres}-replica'
    location: site.location
    sourceServerId: postgres.outputs.resourceId
    size: sizes.postgres
    zone: sizes.postgresZones[2]
    workspaceId: workspaceId
  }
}

@description('Redis.')
module redis '../modules/redis.bicep' = {
  name: 'redis'
  params: { name: site.names.redis, size: sizes.redis, location: site.location, workspaceId: workspaceId }
}

@description('Service Bus.')
module bus '../modules/service-bus.bicep' = {
  name: 'bus'
  params: {
    name: site.names.serviceBus
    partitions: sizes.busPartitions
    messagingUnits: sizes.busUnits
    location: site.location
    workspaceId: workspaceId
  }
}

@description('Documents.')
module cosmos '../modules/cosmos.bicep' = if (site.isFirst) {
  name: 'cosmos'
  params: {
    name: site.names.cosmos
    secondaryLocation: site.secondaryLocation
    location: site.location
    workspaceId: workspaceId
  }
}

@description('Key vault.')
module vault '../modules/key-vault.bicep' = {
  name: 'vault'
  params: { name: site.names.keyVault, location: site.location, workspaceId: workspaceId }
}

@description('Storage of the host.')
module storage '../modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: site.names.storage
    replication: site.isFirst ? 'Standard_GZRS' : 'Standard_ZRS'
    location: site.location
    workspaceId: workspaceId
  }
}

@description('Models.')
module openAi '../modules/openai.bicep' = {
  name: 'open-ai'
  params: { name: site.names.openAi, deployments: models, location: site.location, workspaceId: workspaceId }
}

@description('Images.')
module registry '../modules/registry.bicep' = if (site.isFirst) {
  name: 'registry'
  params: {
    name: site.names.registry
    secondaryLocation: site.secondaryLocation
    location: site.location
    workspaceId: workspaceId
  }
}

@description('Backup vault.')
module backup '../modules/backup.bicep' = if (site.isFirst) {
  name: 'backup'
  params: { name: site.names.backup, location: site.location, workspaceId: workspaceId }
}

@description('Ids of what a private endpoint leads to; that of the replica is empty without one.')
output ids object = {
  postgres: postgres.outputs.resourceId
  postgresReplica: site.hasReplica ? replica!.outputs.resourceId : ''
  redis: redis.outputs.resourceId
  serviceBus: bus.outputs.resourceId
  keyVault: vault.outputs.resourceId
  blob: storage.outputs.resourceId
  openAi: openAi.outputs.resourceId
}

@description('Host names and addresses by kind; those of the replica are empty without one.')
output hosts object = {
  postgres: postgres.outputs.host
  postgresReplica: site.hasReplica ? replica!.outputs.host : ''
  redis: redis.outputs.host
  serviceBus: bus.outputs.host
  openAi: openAi.outputs.endpoint
  keyVault: vault.outputs.uri
  blob: storage.outputs.blobEndpoint
}

@description('Principal of the backup vault; empty without one.')
output backupPrincipalId string = site.isFirst ? backup!.outputs.principalId : ''

@description('Policy for PostgreSQL; empty without a backup vault.')
output backupPolicyId string = site.isFirst ? backup!.outputs.postgresPolicyId : ''
