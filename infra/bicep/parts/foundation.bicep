// What everything stands on: network, private DNS, identities, logs.
targetScope = 'resourceGroup'

@description('Names of the site.')
param names object

@description('Region.')
param location string

@description('Zones.')
param zones array

@description('Addresses, as main.bicep declares them.')
param addresses object

@description('Ports of the services behind the gateway.')
param servicePorts array

@description('Where alerts go.')
param alertMail string

@description('Logs, telemetry, and whom alerts reach.')
module monitoring '../modules/monitoring.bicep' = {
  name: 'monitoring'
  params: { name: names.workspace, insightsName: names.insights, alertMail: alertMail, location: location }
}

@description('Identities.')
module identities '../modules/identities.bicep' = {
  name: 'identities'
  params: { prefix: names.identity, location: location }
}

@description('Security groups.')
module security '../modules/network-security.bicep' = {
  name: 'security'
  params: {
    networkName: names.network
    applicationRange: addresses.application
    gatewayRange: addresses.gateway
    podRange: '10.244.0.0/16'
    servicePorts: servicePorts
    location: location
    workspaceId: monitoring.outputs.resourceId
  }
}

@description('Network.')
module network '../modules/virtual-network.bicep' = {
  name: 'network'
  params: {
    name: names.network
    zones: zones
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
module dns '../modules/private-dns.bicep' = {
  name: 'dns'
  params: { networkId: network.outputs.resourceId }
}

@description('Ids of the subnets by name.')
output subnetIds object = network.outputs.subnetIds

@description('Names of the private DNS zones by kind of service.')
output zoneNames object = dns.outputs.name

@description('Identities by holder.')
output identities object = identities.outputs.identities

@description('Workspace of the logs.')
output workspaceId string = monitoring.outputs.resourceId

@description('Application Insights.')
output insightsId string = monitoring.outputs.insightsId

@description('Where telemetry goes; it holds no secret.')
output insightsConnection string = monitoring.outputs.insightsConnection

@description('Whom alerts reach.')
output actionGroupId string = monitoring.outputs.actionGroupId
