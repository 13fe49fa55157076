// Composes one site of TripGen in a resource group; docs/decisions/0030 says why a group and in which order.
targetScope = 'resourceGroup'

@description('Size and bounds of a node pool.')
type Pool = {
  // Size of a node.
  size: string
  // Fewest nodes.
  min: int
  // Most nodes.
  max: int
}

@description('Sizes and zones.')
type Sizes = {
  // Zones of what spans zones.
  zones: array
  // Nodes of the cluster itself.
  systemPool: Pool
  // Nodes of the services.
  applicationPool: Pool
  // PostgreSQL, of the primary and its replica.
  postgres: string
  // Storage of PostgreSQL in GB.
  postgresStorageGb: int
  // Zones of primary, standby and read replica.
  postgresZones: array
  // Managed Redis.
  redis: string
  // Partitions of Service Bus.
  busPartitions: int
  // Messaging units of Service Bus.
  busUnits: int
}

@description('Addresses of the network.')
type Addresses = {
  // The whole network.
  space: string
  // Subnets.
  application: string
  database: string
  cache: string
  gateway: string
  messaging: string
  security: string
  // Private endpoints; Cosmos DB, registry and model count up from theirs.
  postgres: string
  postgresReplica: string
  cosmos: string
  redis: string
  serviceBus: string
  keyVault: string
  registry: string
  blob: string
  openAi: string
}

@description('The first site, as its outputs tell; all empty where this is the first one.')
type FirstSite = {
  // Resource group.
  resourceGroup: string
  // Region.
  location: string
  // Id that its Front Door sends.
  frontDoorId: string
  // Server to follow.
  postgresId: string
}

@description('People and workflows.')
type Operators = {
  // Entra group that administers cluster and database: object id and name.
  groupId: string
  groupName: string
  // Where alerts go.
  mail: string
  // Subject of the workflow that pushes images; empty for none.
  publisherSubject: string
}

@description('The way in; it is built once the certificate is in the vault.')
type Edge = {
  // Name of the certificate in the vault; empty: no gateway and no Front Door yet.
  certificate: string
  // Host name in the certificate.
  host: string
  // Host names of further sites, which serve when this one cannot.
  furtherHosts: array
}

@description('Environment: dev or prod.')
@allowed([ 'dev', 'prod' ])
param environmentName string

@description('Region; it needs three zones.')
param location string = 'japaneast'

@description('Second region: copies of images, documents and backups; empty for none.')
param secondaryLocation string = 'koreacentral'

@description('The first site, where this is the second.')
param firstSite FirstSite = {
  resourceGroup: ''
  location: ''
  frontDoorId: ''
  postgresId: ''
}

@description('Sizes and zones.')
param sizes Sizes = {
  zones: [ '1', '2', '3' ]
  systemPool: { size: 'Standard_D2s_v3', min: 3, max: 6 }
  applicationPool: { size: 'Standard_D4s_v3', min: 3, max: 12 }
  postgres: 'Standard_D4s_v3'
  postgresStorageGb: 128
  postgresZones: [ '1', '3', '2' ]
  redis: 'Balanced_B5'
  busPartitions: 2
  busUnits: 2
}

@description('Addresses.')
param addresses Addresses = {
  space: '10.0.0.0/16'
  application: '10.0.1.0/24'
  database: '10.0.2.0/24'
  cache: '10.0.3.0/24'
  gateway: '10.0.4.0/24'
  messaging: '10.0.5.0/24'
  security: '10.0.6.0/24'
  postgres: '10.0.2.10'
  postgresReplica: '10.0.2.11'
  cosmos: '10.0.2.20'
  redis: '10.0.3.10'
  serviceBus: '10.0.5.10'
  keyVault: '10.0.6.10'
  registry: '10.0.6.20'
  blob: '10.0.6.30'
  openAi: '10.0.6.40'
}

@description('Services behind the gateway; the cluster gives each its fixed address, port and node port.')
param services array = [
  {
    name: 'user'
    address: '10.0.1.200'
    port: 30080
    paths: [
      '/api/v1/users*'
      '/api/v1/sessions*'
      '/api/v1/notifications*'
      '/api/v1/operators*'
      '/api/v1/openapi.json'
      '/api/v1/docs*'
    ]
  }
  { name: 'trip', address: '10.0.1.201', port: 30081, paths: [ '/api/v1/trips*', '/api/v1/invitations*' ] }
  { name: 'ai', address: '10.0.1.202', port: 30082, paths: [ '/api/v1/schedule-jobs*' ] }
  { name: 'location', address: '10.0.1.203', port: 30083, paths: [ '/api/v1/places*', '/api/v1/place-searches*' ] }
]

@description('Deployments of models; the app knows them by name.')
param models object

@description('People and workflows.')
param operators Operators

@description('The way in.')
param edge Edge

@description('Whether the secrets are in the vault; the roles on them are made then.')
param hasSecrets bool = false

@description('Whether this is the first site: it owns Front Door, registry, documents and backups.')
var isFirst = empty(firstSite.resourceGroup)

@description('Whether the way in is built.')
var hasEdge = !empty(edge.certificate)

@description('Where documents and images lie.')
var sharedGroup = isFirst ? resourceGroup().name : firstSite.resourceGroup

@description('Regions of documents and images, their home first.')
var regions = isFirst ? (empty(secondaryLocation) ? [ location ] : [ location, secondaryLocation ]) : [ firstSite.location, location ]

@description('Whether the database has a read replica beside it.')
var hasReplica = isFirst && environmentName == 'prod'

@description('Names of this site.')
module names 'modules/names.bicep' = {
  name: 'names'
  params: { environmentName: environmentName, location: location }
}

@description('Names of the first site.')
module firstNames 'modules/names.bicep' = {
  name: 'first-names'
  params: { environmentName: environmentName, location: isFirst ? location : firstSite.location }
}

@description('Network, private DNS, identities, logs.')
module foundation 'parts/foundation.bicep' = {
  name: 'foundation'
  params: {
    names: names.outputs.names
    location: location
    zones: sizes.zones
    addresses: addresses
    servicePorts: [for service in services: string(service.port)]
    alertMail: operators.mail
  }
}

@description('What is kept and exchanged.')
module data 'parts/data.bicep' = {
  name: 'data'
  params: {
    site: {
      names: names.outputs.names
      location: location
      secondaryLocation: secondaryLocation
      isFirst: isFirst
      hasReplica: hasReplica
    }
    sizes: sizes
    models: models
    sourceServerId: firstSite.postgresId
    operators: operators
    migrations: foundation.outputs.identities.migrations
    workspaceId: foundation.outputs.workspaceId
  }
}

@description('Private endpoints.')
module endpoints 'parts/endpoints.bicep' = {
  name: 'endpoints'
  params: {
    networkName: names.outputs.names.network
    location: location
    subnetIds: foundation.outputs.subnetIds
    zoneNames: foundation.outputs.zoneNames
    addresses: addresses
    ids: data.outputs.ids
    shared: {
      group: sharedGroup
      cosmos: firstNames.outputs.names.cosmos
      registry: firstNames.outputs.names.registry
      regions: regions
    }
  }
}

@description('Who may do what.')
module access 'parts/access.bicep' = {
  name: 'access'
  params: {
    identities: foundation.outputs.identities
    names: names.outputs.names
    firstNames: firstNames.outputs.names
    sharedGroup: sharedGroup
    location: location
    backupPrincipalId: data.outputs.backupPrincipalId
    hasSecrets: hasSecrets
    certificate: edge.certificate
  }
}

@description('The database under the policy of the vault, which has its roles by then.')
module databaseBackup 'modules/backup-postgres.bicep' = if (isFirst) {
  name: 'database-backup'
  params: {
    vaultName: names.outputs.names.backup
    policyId: data.outputs.backupPolicyId
    postgresName: names.outputs.names.postgres
    location: location
  }
  dependsOn: [ access ]
}

@description('Locks, in production.')
module locks 'modules/locks.bicep' = if (environmentName == 'prod') {
  name: 'locks'
  params: { names: names.outputs.names, isFirst: isFirst }
  dependsOn: [ data ]
}

@description('Cluster.')
module platform 'parts/platform.bicep' = {
  name: 'platform'
  params: {
    names: names.outputs.names
    location: location
    sizes: sizes
    subnetId: foundation.outputs.subnetIds.application
    identities: foundation.outputs.identities
    operators: operators
    workspaceId: foundation.outputs.workspaceId
  }
  dependsOn: [ access ]
}

@description('Front Door and gateway.')
module wayIn 'parts/edge.bicep' = if (hasEdge) {
  name: 'edge'
  params: {
    site: {
      environmentName: environmentName
      names: names.outputs.names
      location: location
      zones: sizes.zones
      isFirst: isFirst
      frontDoorId: firstSite.frontDoorId
    }
    edge: edge
    services: services
    subnetId: foundation.outputs.subnetIds.gateway
    identityId: foundation.outputs.identities.gateway.resourceId
    vaultUri: data.outputs.hosts.keyVault
    watch: {
      workspaceId: foundation.outputs.workspaceId
      insightsId: foundation.outputs.insightsId
      actionGroupId: foundation.outputs.actionGroupId
    }
  }
  dependsOn: [ access, endpoints ]
}

@description('Alerts from logs.')
module logAlerts 'modules/alerts-logs.bicep' = {
  name: 'log-alerts'
  params: {
    prefix: 'alert-tripgen-${environmentName}'
    location: location
    workspaceId: foundation.outputs.workspaceId
    actionGroupId: foundation.outputs.actionGroupId
  }
}

@description('Alerts from metrics.')
module metricAlerts 'modules/alerts-metrics.bicep' = {
  name: 'metric-alerts'
  params: {
    prefix: 'alert-tripgen-${environmentName}'
    serviceBusId: data.outputs.ids.serviceBus
    replicaId: isFirst ? data.outputs.ids.postgresReplica : data.outputs.ids.postgres
    actionGroupId: foundation.outputs.actionGroupId
  }
}

@description('Workbook.')
module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: { name: 'TripGen ${environmentName}', location: location, workspaceId: foundation.outputs.workspaceId }
}

@description('Cluster.')
output clusterName string = platform.outputs.clusterName

@description('Client ids by service, for the annotations of service accounts.')
output clientIds object = {
  user: foundation.outputs.identities.user.clientId
  trip: foundation.outputs.identities.trip.clientId
  ai: foundation.outputs.identities.ai.clientId
  location: foundation.outputs.identities.location.clientId
  notification: foundation.outputs.identities.notification.clientId
  migrations: foundation.outputs.identities.migrations.clientId
  scaler: foundation.outputs.identities.scaler.clientId
}

@description('Names of the accounts in PostgreSQL by service.')
output databaseUsers object = {
  user: foundation.outputs.identities.user.name
  trip: foundation.outputs.identities.trip.name
  ai: foundation.outputs.identities.ai.name
  location: foundation.outputs.identities.location.name
  notification: foundation.outputs.identities.notification.name
  migrations: foundation.outputs.identities.migrations.name
}

@description('Services with their fixed addresses and ports.')
output serviceAddresses array = services

@description('Service Bus namespace.')
output serviceBusNamespace string = names.outputs.names.serviceBus

@description('Its host name.')
output serviceBusHost string = data.outputs.hosts.serviceBus

@description('PostgreSQL server.')
output postgresName string = names.outputs.names.postgres

@description('Its id, for a second site.')
output postgresId string = data.outputs.ids.postgres

@description('Its host name.')
output postgresHost string = data.outputs.hosts.postgres

@description('Host name of the read replica; empty for none.')
output postgresReplicaHost string = data.outputs.hosts.postgresReplica

@description('Host name of Redis; port 10000, TLS.')
output redisHost string = data.outputs.hosts.redis

@description('Endpoint of the documents.')
output cosmosEndpoint string = 'https://${firstNames.outputs.names.cosmos}.documents.azure.com:443/'

@description('Endpoint of the models.')
output openAiEndpoint string = data.outputs.hosts.openAi

@description('Where telemetry goes; it holds no secret.')
output insightsConnection string = foundation.outputs.insightsConnection

@description('Key vault.')
output keyVaultName string = names.outputs.names.keyVault

@description('Its address.')
output keyVaultUri string = data.outputs.hosts.keyVault

@description('Blobs of the host.')
output blobEndpoint string = data.outputs.hosts.blob

@description('Login server of the images.')
output registryLoginServer string = '${firstNames.outputs.names.registry}${environment().suffixes.acrLoginServer}'

@description('Host name the certificate\'s name points to; empty without a way in.')
output gatewayHost string = hasEdge ? wayIn!.outputs.gatewayHost : ''

@description('What gateways of further sites must find.')
output frontDoorId string = hasEdge ? wayIn!.outputs.frontDoorId : firstSite.frontDoorId

@description('Public host name; empty without a way in and on further sites.')
output publicHost string = hasEdge ? wayIn!.outputs.publicHost : ''
