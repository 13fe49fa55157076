// One private endpoint with static addresses and its entry in a private DNS zone.
targetScope = 'resourceGroup'

@description('What the endpoint leads to.')
type Target = {
  // Id of the resource behind it.
  id: string
  // Sub-resource, as the service names it.
  groupId: string
  // Members that need an address each, as the service names them.
  members: array
}

@description('Name of the endpoint.')
param name string

@description('Region.')
param location string

@description('Subnet of the endpoint.')
param subnetId string

@description('What it leads to.')
param target Target

@description('First static address; further members take the ones after it. Can only be set at creation.')
param address string

@description('Private DNS zone of the service.')
param zoneName string

@description('The address in its parts.')
var octets = split(address, '.')

@description('The zone.')
resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  name: zoneName
}

@description('The endpoint.')
resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = {
  name: name
  location: location
  properties: {
    customNetworkInterfaceName: 'nic-${name}'
    subnet: {
      id: subnetId
    }
    ipConfigurations: [
      for (member, i) in target.members: {
        name: member
        properties: {
          groupId: target.groupId
          memberName: member
          privateIPAddress: '${octets[0]}.${octets[1]}.${octets[2]}.${int(octets[3]) + i}'
        }
      }
    ]
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: target.id
          groupIds: [
            target.groupId
          ]
        }
      }
    ]
  }
}

@description('The entry in the zone.')
resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: 'zone'
        properties: {
          privateDnsZoneId: zone.id
        }
      }
    ]
  }
}

@description('Name of the endpoint.')
output name string = endpoint.name

@description('Id of the endpoint.')
output resourceId string = endpoint.id
