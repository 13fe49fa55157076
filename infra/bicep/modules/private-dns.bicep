// A private DNS zone for every service behind a private endpoint, linked to the network.
targetScope = 'resourceGroup'

@description('Id of the network that resolves the names.')
param networkId string

@description('Zones by the kind of service.')
var zones = {
  postgres: 'privatelink.postgres.database.azure.com'
  redis: 'privatelink.redis.azure.net'
  serviceBus: 'privatelink.servicebus.windows.net'
  keyVault: 'privatelink.vaultcore.azure.net'
  cosmos: 'privatelink.documents.azure.com'
  registry: 'privatelink${environment().suffixes.acrLoginServer}'
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  openAi: 'privatelink.openai.azure.com'
}

@description('The zones.')
resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for entry in items(zones): {
    name: entry.value
    location: 'global'
  }
]

@description('The links; nothing registers itself.')
resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for i in range(0, length(zones)): {
    parent: zone[i]
    name: 'to-network'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: networkId
      }
    }
  }
]

@description('Names of the zones by kind of service.')
output name object = zones

@description('Ids of the zones, in the order of their kinds.')
output resourceId array = [for i in range(0, length(zones)): zone[i].id]
