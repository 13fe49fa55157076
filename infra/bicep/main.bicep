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

@description('Whether this is the first site: it owns Front Door, registry, documents and backups.')
var isFirst = empty(firstSite.resourceGroup)

@description('Whether the way in is built.')
var hasEdge = !empty(edge.certificate)

@description('Where documents and images lie.')
var sharedGroup = isFirst ? resourceGroup().name : firstSite.resourceGroup

@description('Regions of documents and images, their home first.')
var regions = isFirst ? [ location, secondaryLocation ] : [ firstSite.location, location ]

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

@description('Logs, telemetry, and whom alerts reach.')
module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: { name: names.outputs.names.workspace, insightsName: names.outputs.names.insights, alertMail: operators.mail, location: location }
}

@description('Identities.')
module identities 'modules/identities.bicep' = {
  name: 'identities'
  params: { prefix: names.outputs.names.identity, location: location }
}

@description('Security groups.')
module security 'modules/network-security.bicep' = {
  name: 'security'
  params: {
    networkName: names.outputs.names.network
    applicationRange: addresses.application
    gatewayRange: addresses.gateway
    podRange: '10.244.0.0/16'
    servicePorts: [for service in services: string(service.port)]
    location: location
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Network.')
module network 'modules/virtual-network.bicep' = {
  name: 'network'
  params: {
    name: names.outputs.names.network
    zones: sizes.zones
    ranges: {
      space: addresses.space
      application: addresses.application
      database: addresses.database
      cache: addresses.cache
      gateway: addresses.gateway
      messaging: addresses.messaging
      security: addresses.security
    }
    securityGroupIds: security.outputs.resourceId
    location: location
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Private DNS.')
module dns 'modules/private-dns.bicep' = {
  name: 'dns'
  params: { networkId: network.outputs.resourceId }
}

@description('PostgreSQL.')
module postgres 'modules/postgres.bicep' = {
  name: 'postgres'
  params: {
    name: names.outputs.names.postgres
    location: location
    server: {
      size: sizes.postgres
      storageGb: sizes.postgresStorageGb
      zone: sizes.postgresZones[0]
      standbyZone: sizes.postgresZones[1]
    }
    sourceServerId: firstSite.postgresId
    administrators: [
      { objectId: operators.groupId, name: operators.groupName, type: 'Group' }
      {
        objectId: identities.outputs.identities.migrations.principalId
        name: identities.outputs.identities.migrations.name
        type: 'ServicePrincipal'
      }
    ]
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Read replica of PostgreSQL; a second site is one itself.')
module replica 'modules/postgres-replica.bicep' = if (isFirst && environmentName == 'prod') {
  name: 'replica'
  params: {
    name: '${names.outputs.names.postgres}-replica'
    location: location
    sourceServerId: postgres.outputs.resourceId
    size: sizes.postgres
    zone: sizes.postgresZones[2]
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Redis.')
module redis 'modules/redis.bicep' = {
  name: 'redis'
  params: { name: names.outputs.names.redis, size: sizes.redis, location: location, workspaceId: monitoring.outputs.resourceId }
}

@description('Service Bus.')
module bus 'modules/service-bus.bicep' = {
  name: 'bus'
  params: {
    name: names.outputs.names.serviceBus
    partitions: sizes.busPartitions
    messagingUnits: sizes.busUnits
    location: location
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Documents.')
module cosmos 'modules/cosmos.bicep' = if (isFirst) {
  name: 'cosmos'
  params: {
    name: names.outputs.names.cosmos
    secondaryLocation: secondaryLocation
    location: location
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Key vault.')
module vault 'modules/key-vault.bicep' = {
  name: 'vault'
  params: { name: names.outputs.names.keyVault, location: location, workspaceId: monitoring.outputs.resourceId }
}

@description('Storage of the host.')
module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: names.outputs.names.storage
    replication: isFirst ? 'Standard_GZRS' : 'Standard_ZRS'
    location: location
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Models.')
module openAi 'modules/openai.bicep' = {
  name: 'open-ai'
  params: { name: names.outputs.names.openAi, deployments: models, location: location, workspaceId: monitoring.outputs.resourceId }
}

@description('Images.')
module registry 'modules/registry.bicep' = if (isFirst) {
  name: 'registry'
  params: {
    name: names.outputs.names.registry
    secondaryLocation: secondaryLocation
    location: location
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Private endpoint: postgres.')
module postgresEndpoint 'modules/private-endpoint.bicep' = {
  name: 'postgres-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-postgres'
    location: location
    subnetId: network.outputs.subnetIds.database
    target: {
      id: postgres.outputs.resourceId
      groupId: 'postgresqlServer'
      members: [ 'postgresqlServer' ]
    }
    address: addresses.postgres
    zoneName: dns.outputs.name.postgres
  }
}

@description('Private endpoint: postgresReplica.')
module replicaEndpoint 'modules/private-endpoint.bicep' = if (isFirst && environmentName == 'prod') {
  name: 'replica-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-postgres-replica'
    location: location
    subnetId: network.outputs.subnetIds.database
    target: {
      id: replica!.outputs.resourceId
      groupId: 'postgresqlServer'
      members: [ 'postgresqlServer' ]
    }
    address: addresses.postgresReplica
    zoneName: dns.outputs.name.postgres
  }
}

@description('Private endpoint: redis.')
module redisEndpoint 'modules/private-endpoint.bicep' = {
  name: 'redis-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-redis'
    location: location
    subnetId: network.outputs.subnetIds.cache
    target: {
      id: redis.outputs.resourceId
      groupId: 'redisEnterprise'
      members: [ 'redisEnterprise' ]
    }
    address: addresses.redis
    zoneName: dns.outputs.name.redis
  }
}

@description('Private endpoint: serviceBus.')
module busEndpoint 'modules/private-endpoint.bicep' = {
  name: 'bus-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-service-bus'
    location: location
    subnetId: network.outputs.subnetIds.messaging
    target: {
      id: bus.outputs.resourceId
      groupId: 'namespace'
      members: [ 'namespace' ]
    }
    address: addresses.serviceBus
    zoneName: dns.outputs.name.serviceBus
  }
}

@description('Private endpoint: keyVault.')
module vaultEndpoint 'modules/private-endpoint.bicep' = {
  name: 'vault-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-key-vault'
    location: location
    subnetId: network.outputs.subnetIds.security
    target: {
      id: vault.outputs.resourceId
      groupId: 'vault'
      members: [ 'default' ]
    }
    address: addresses.keyVault
    zoneName: dns.outputs.name.keyVault
  }
}

@description('Private endpoint: blob.')
module blobEndpoint 'modules/private-endpoint.bicep' = {
  name: 'blob-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-blob'
    location: location
    subnetId: network.outputs.subnetIds.security
    target: {
      id: storage.outputs.resourceId
      groupId: 'blob'
      members: [ 'blob' ]
    }
    address: addresses.blob
    zoneName: dns.outputs.name.blob
  }
}

@description('Private endpoint: openAi.')
module modelEndpoint 'modules/private-endpoint.bicep' = {
  name: 'model-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-openai'
    location: location
    subnetId: network.outputs.subnetIds.security
    target: {
      id: openAi.outputs.resourceId
      groupId: 'account'
      members: [ 'default' ]
    }
    address: addresses.openAi
    zoneName: dns.outputs.name.openAi
  }
}

@description('Members of the documents, one for the account and one for each region.')
module cosmosMembers 'modules/endpoint-members.bicep' = {
  name: 'cosmos-members'
  params: { own: firstNames.outputs.names.cosmos, prefix: '${firstNames.outputs.names.cosmos}-', regions: regions }
}

@description('Members of the registry, one for the address and one for the data of each region.')
module registryMembers 'modules/endpoint-members.bicep' = {
  name: 'registry-members'
  params: { own: 'registry', prefix: 'registry_data_', regions: regions }
}

@description('Private endpoint: cosmos.')
module cosmosEndpoint 'modules/private-endpoint.bicep' = {
  name: 'cosmos-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-cosmos'
    location: location
    subnetId: network.outputs.subnetIds.database
    target: {
      id: resourceId(sharedGroup, 'Microsoft.DocumentDB/databaseAccounts', firstNames.outputs.names.cosmos)
      groupId: 'Sql'
      members: cosmosMembers.outputs.members
    }
    address: addresses.cosmos
    zoneName: dns.outputs.name.cosmos
  }
  dependsOn: [ cosmos ]
}

@description('Private endpoint: registry.')
module registryEndpoint 'modules/private-endpoint.bicep' = {
  name: 'registry-endpoint'
  params: {
    name: 'pep-${names.outputs.names.network}-registry'
    location: location
    subnetId: network.outputs.subnetIds.security
    target: {
      id: resourceId(sharedGroup, 'Microsoft.ContainerRegistry/registries', firstNames.outputs.names.registry)
      groupId: 'registry'
      members: registryMembers.outputs.members
    }
    address: addresses.registry
    zoneName: dns.outputs.name.registry
  }
  dependsOn: [ registry ]
}

@description('Backup vault.')
module backup 'modules/backup.bicep' = if (isFirst) {
  name: 'backup'
  params: { name: names.outputs.names.backup, location: location, workspaceId: monitoring.outputs.resourceId }
}

@description('Roles of the services.')
module access 'modules/access.bicep' = {
  name: 'access'
  params: { identities: identities.outputs.identities, names: names.outputs.names }
  dependsOn: [ bus, vault, storage, openAi, monitoring ]
}

@description('Roles of cluster and backup.')
module accessPlatform 'modules/access-platform.bicep' = {
  name: 'access-platform'
  params: {
    identities: identities.outputs.identities
    names: names.outputs.names
    backupPrincipalId: isFirst ? backup!.outputs.principalId : ''
  }
  dependsOn: [ network, postgres ]
}

@description('Roles on documents and images, in the group of the first site.')
module accessShared 'modules/access-shared.bicep' = {
  name: 'access-shared-${location}'
  scope: resourceGroup(sharedGroup)
  params: { identities: identities.outputs.identities, names: firstNames.outputs.names }
  dependsOn: [ cosmos, registry ]
}

@description('Users of the cache.')
module accessCache 'modules/access-cache.bicep' = {
  name: 'access-cache'
  params: { identities: identities.outputs.identities, redisName: names.outputs.names.redis }
  dependsOn: [ redis ]
}

@description('The database under the policy of the vault.')
module databaseBackup 'modules/backup-postgres.bicep' = if (isFirst) {
  name: 'database-backup'
  params: {
    vaultName: backup!.outputs.name
    policyId: backup!.outputs.postgresPolicyId
    postgresName: postgres.outputs.name
    location: location
  }
  dependsOn: [ accessPlatform ]
}

@description('Cluster.')
module cluster 'modules/cluster.bicep' = {
  name: 'cluster'
  params: {
    name: names.outputs.names.cluster
    location: location
    systemPool: sizes.systemPool
    applicationPool: sizes.applicationPool
    zones: sizes.zones
    subnetId: network.outputs.subnetIds.application
    identities: identities.outputs.identities
    adminGroupId: operators.groupId
    workspaceId: monitoring.outputs.resourceId
  }
  dependsOn: [ accessPlatform, accessShared ]
}

@description('Logs and maintenance of the cluster.')
module clusterOperations 'modules/cluster-operations.bicep' = {
  name: 'cluster-operations'
  params: { clusterName: cluster.outputs.name, workspaceId: monitoring.outputs.resourceId }
}

@description('Service accounts and workflow.')
module federation 'modules/federation.bicep' = {
  name: 'federation'
  params: {
    identityPrefix: names.outputs.names.identity
    issuerUrl: cluster.outputs.issuerUrl
    publisherSubject: operators.publisherSubject
  }
  dependsOn: [ identities ]
}

@description('Metrics and logs of the cluster.')
module prometheus 'modules/prometheus.bicep' = {
  name: 'prometheus'
  params: {
    name: names.outputs.names.metrics
    location: location
    clusterName: cluster.outputs.name
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Public address of the gateway.')
module address 'modules/public-address.bicep' = if (hasEdge) {
  name: 'address'
  params: { name: names.outputs.names.gateway, location: location, zones: sizes.zones, workspaceId: monitoring.outputs.resourceId }
}

@description('Firewall of Front Door.')
module frontDoorFirewall 'modules/front-door-firewall.bicep' = if (hasEdge && isFirst) {
  name: 'front-door-firewall'
  params: { name: replace(names.outputs.names.frontDoor, '-', '') }
}

@description('Front Door.')
module frontDoor 'modules/front-door.bicep' = if (hasEdge && isFirst) {
  name: 'front-door'
  params: {
    name: names.outputs.names.frontDoor
    firewallPolicyId: frontDoorFirewall!.outputs.resourceId
    originHosts: concat([ edge.host ], edge.furtherHosts)
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Firewall of the gateway.')
module gatewayFirewall 'modules/gateway-firewall.bicep' = if (hasEdge) {
  name: 'gateway-firewall'
  params: {
    name: 'waf-${names.outputs.names.gateway}'
    location: location
    frontDoorId: isFirst ? frontDoor!.outputs.frontDoorId : firstSite.frontDoorId
  }
}

@description('Application gateway.')
module gateway 'modules/application-gateway.bicep' = if (hasEdge) {
  name: 'gateway'
  params: {
    name: names.outputs.names.gateway
    location: location
    zones: sizes.zones
    frontend: {
      subnetId: network.outputs.subnetIds.gateway
      addressId: address!.outputs.resourceId
      firewallPolicyId: gatewayFirewall!.outputs.resourceId
      identityId: identities.outputs.identities.gateway.resourceId
      certificateSecret: '${vault.outputs.uri}secrets/${edge.certificate}'
      hostName: edge.host
    }
    services: services
    workspaceId: monitoring.outputs.resourceId
  }
  dependsOn: [ access, vaultEndpoint ]
}

@description('Alert of availability.')
module availability 'modules/alerts-availability.bicep' = if (hasEdge && isFirst) {
  name: 'availability'
  params: {
    prefix: 'alert-tripgen-${environmentName}'
    location: location
    host: frontDoor!.outputs.host
    insightsId: monitoring.outputs.insightsId
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

@description('Alerts from logs.')
module logAlerts 'modules/alerts-logs.bicep' = {
  name: 'log-alerts'
  params: {
    prefix: 'alert-tripgen-${environmentName}'
    location: location
    workspaceId: monitoring.outputs.resourceId
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

@description('Alerts from metrics.')
module metricAlerts 'modules/alerts-metrics.bicep' = {
  name: 'metric-alerts'
  params: {
    prefix: 'alert-tripgen-${environmentName}'
    serviceBusId: bus.outputs.resourceId
    replicaId: isFirst && environmentName == 'prod' ? replica!.outputs.resourceId : ''
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

@description('Workbook.')
module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: { name: 'TripGen ${environmentName}', location: location, workspaceId: monitoring.outputs.resourceId }
}

@description('Cluster.')
output clusterName string = cluster.outputs.name

@description('Client ids by service, for the annotations of service accounts.')
output clientIds object = {
  user: identities.outputs.identities.user.clientId
  trip: identities.outputs.identities.trip.clientId
  ai: identities.outputs.identities.ai.clientId
  location: identities.outputs.identities.location.clientId
  notification: identities.outputs.identities.notification.clientId
  migrations: identities.outputs.identities.migrations.clientId
  scaler: identities.outputs.identities.scaler.clientId
}

@description('Names of the accounts in PostgreSQL by service.')
output databaseUsers object = {
  user: identities.outputs.identities.user.name
  trip: identities.outputs.identities.trip.name
  ai: identities.outputs.identities.ai.name
  location: identities.outputs.identities.location.name
  notification: identities.outputs.identities.notification.name
  migrations: identities.outputs.identities.migrations.name
}

@description('Services with their fixed addresses and ports.')
output serviceAddresses array = services

@description('Service Bus namespace.')
output serviceBusNamespace string = bus.outputs.name

@description('Its host name.')
output serviceBusHost string = bus.outputs.host

@description('PostgreSQL server.')
output postgresName string = postgres.outputs.name

@description('Its id, for a second site.')
output postgresId string = postgres.outputs.resourceId

@description('Its host name.')
output postgresHost string = postgres.outputs.host

@description('Host name of the read replica; empty for none.')
output postgresReplicaHost string = isFirst && environmentName == 'prod' ? replica!.outputs.host : ''

@description('Host name of Redis; port 10000, TLS.')
output redisHost string = redis.outputs.host

@description('Endpoint of the documents.')
output cosmosEndpoint string = 'https://${firstNames.outputs.names.cosmos}.documents.azure.com:443/'

@description('Endpoint of the models.')
output openAiEndpoint string = openAi.outputs.endpoint

@description('Where telemetry goes; it holds no secret.')
output insightsConnection string = monitoring.outputs.insightsConnection

@description('Key vault.')
output keyVaultName string = vault.outputs.name

@description('Its address.')
output keyVaultUri string = vault.outputs.uri

@description('Blobs of the host.')
output blobEndpoint string = storage.outputs.blobEndpoint

@description('Login server of the images.')
output registryLoginServer string = '${firstNames.outputs.names.registry}${environment().suffixes.acrLoginServer}'

@description('Host name the certificate\'s name points to; empty without a way in.')
output gatewayHost string = hasEdge ? address!.outputs.host : ''

@description('What gateways of further sites must find.')
output frontDoorId string = hasEdge && isFirst ? frontDoor!.outputs.frontDoorId : firstSite.frontDoorId

@description('Public host name; empty without a way in and on further sites.')
output publicHost string = hasEdge && isFirst ? frontDoor!.outputs.host : ''
