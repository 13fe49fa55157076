// The virtual network, its six subnets, and the way out of it.
targetScope = 'resourceGroup'

@description('Address ranges.')
type Ranges = {
  // The whole network.
  space: string
  // Cluster nodes and the addresses of the services.
  application: string
  // Private endpoints of the databases.
  database: string
  // Private endpoint of the cache.
  cache: string
  // Application gateway.
  gateway: string
  // Private endpoint of Service Bus.
  messaging: string
  // Private endpoints of vault, registry, storage and model.
  security: string
}

@description('Name of the network.')
param name string

@description('Region.')
param location string

@description('Zones of the outbound addresses.')
param zones array

@description('Address ranges.')
param ranges Ranges

@description('Security groups in the order application, database, cache, gateway, messaging, security.')
param securityGroupIds array

@description('Workspace that receives the metrics.')
param workspaceId string

@description('Subnets; only the nodes and the gateway reach the internet.')
var subnets = [
  { name: 'application', range: ranges.application, nat: true }
  { name: 'database', range: ranges.database, nat: false }
  { name: 'cache', range: ranges.cache, nat: false }
  { name: 'gateway', range: ranges.gateway, nat: false }
  { name: 'messaging', range: ranges.messaging, nat: false }
  { name: 'security', range: ranges.security, nat: false }
]

@description('Fixed outbound addresses, to be named in the allow lists of third parties.')
resource outbound 'Microsoft.Network/publicIPPrefixes@2025-09-01' = {
  name: 'ippre-${name}'
  location: location
  zones: zones
  sku: {
    name: 'StandardV2'
    tier: 'Regional'
  }
  properties: {
    prefixLength: 30
    publicIPAddressVersion: 'IPv4'
  }
}

@description('Way out of the nodes; the V2 gateway spans the zones.')
resource nat 'Microsoft.Network/natGateways@2025-09-01' = {
  name: 'ng-${name}'
  location: location
  zones: zones
  sku: {
    name: 'StandardV2'
  }
  properties: {
    idleTimeoutInMinutes: 10
    publicIpPrefixes: [
      {
        id: outbound.id
      }
    ]
  }
}

@description('The network.')
resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: name
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: [
        ranges.space
      ]
    }
    subnets: [
      for (subnet, i) in subnets: {
        name: 'snet-${subnet.name}'
        properties: {
          addressPrefix: subnet.range
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Enabled'
          networkSecurityGroup: {
            id: securityGroupIds[i]
          }
          natGateway: subnet.nat ? { id: nat.id } : null
        }
      }
    ]
  }
}

@description('Metrics of the network.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Name of the network.')
output name string = network.name

@description('Id of the network.')
output resourceId string = network.id

@description('Ids of the subnets by name.')
output subnetIds object = {
  application: '${network.id}/subnets/snet-application'
  database: '${network.id}/subnets/snet-database'
  cache: '${network.id}/subnets/snet-cache'
  gateway: '${network.id}/subnets/snet-gateway'
  messaging: '${network.id}/subnets/snet-messaging'
  security: '${network.id}/subnets/snet-security'
}
