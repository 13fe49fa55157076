// The private endpoints: every store has a fixed address in the network and a name in private DNS.
targetScope = 'resourceGroup'

@description('What two sites share, and where it lies.')
type Shared = {
  // Resource group.
  group: string
  // Account of the documents.
  cosmos: string
  // Registry of the images.
  registry: string
  // Regions of both, their home first.
  regions: array
}

@description('Name of the network; the endpoints are named after it.')
param networkName string

@description('Region.')
param location string

@description('Ids of the subnets by name.')
param subnetIds object

@description('Names of the private DNS zones by kind of service.')
param zoneNames object

@description('Addresses, as main.bicep declares them.')
param addresses object

@description('Ids of the services of this site; what has none has no endpoint.')
param ids object

@description('Documents and images.')
param shared Shared

@description('Members of the documents for the regions.')
var cosmosRegions = [for region in shared.regions: '${shared.cosmos}-${region}']

@description('Members of the registry for the data of the regions.')
var registryRegions = [for region in shared.regions: 'registry_data_${region}']

@description('The endpoints; members in the order of their addresses.')
var endpoints = [
  {
    kind: 'postgres'
    zone: 'postgres'
    subnet: 'database'
    id: ids.postgres
    groupId: 'postgresqlServer'
    members: [ 'postgresqlServer' ]
  }
  {
    kind: 'postgresReplica'
    zone: 'postgres'
    subnet: 'database'
    id: ids.postgresReplica
    groupId: 'postgresqlServer'
    members: [ 'postgresqlServer' ]
  }
  {
    kind: 'cosmos'
    zone: 'cosmos'
    subnet: 'database'
    id: resourceId(shared.group, 'Microsoft.DocumentDB/databaseAccounts', shared.cosmos)
    groupId: 'Sql'
    members: concat([ shared.cosmos ], cosmosRegions)
  }
  { kind: 'redis', zone: 'redis', subnet: 'cache', id: ids.redis, groupId: 'redisEnterprise', members: [ 'redisEnterprise' ] }
  {
    kind: 'serviceBus'
    zone: 'serviceBus'
    subnet: 'messaging'
    id: ids.serviceBus
    groupId: 'namespace'
    members: [ 'namespace' ]
  }
  { kind: 'keyVault', zone: 'keyVault', subnet: 'security', id: ids.keyVault, groupId: 'vault', members: [ 'default' ] }
  {
    kind: 'registry'
    zone: 'registry'
    subnet: 'security'
    id: resourceId(shared.group, 'Microsoft.ContainerRegistry/registries', shared.registry)
    groupId: 'registry'
    members: concat([ 'registry' ], registryRegions)
  }
  { kind: 'blob', zone: 'blob', subnet: 'security', id: ids.blob, groupId: 'blob', members: [ 'blob' ] }
  { kind: 'openAi', zone: 'openAi', subnet: 'security', id: ids.openAi, groupId: 'account', members: [ 'default' ] }
]

@description('The endpoints.')
module endpoint '../modules/private-endpoint.bicep' = [
  for entry in endpoints: if (!empty(entry.id)) {
    name: 'endpoint-${entry.kind}'
    params: {
      name: 'pep-${networkName}-${toLower(entry.kind)}'
      location: location
      subnetId: subnetIds[entry.subnet]
      target: { id: entry.id, groupId: entry.groupId, members: entry.members }
      address: addresses[entry.kind]
      zoneName: zoneNames[entry.zone]
    }
  }
]
