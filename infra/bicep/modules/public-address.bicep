// Public address of the application gateway.
targetScope = 'resourceGroup'

@description('Name, and the label before the region\'s domain.')
param name string

@description('Region.')
param location string

@description('Zones.')
param zones array

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Public address; the security group lets in Front Door alone.')
resource address 'Microsoft.Network/publicIPAddresses@2025-09-01' = {
  name: 'pip-${name}'
  location: location
  zones: zones
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    dnsSettings: { domainNameLabel: name }
  }
}

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: address
  properties: {
    workspaceId: workspaceId
    logs: [ { categoryGroup: 'allLogs', enabled: true } ]
    metrics: [ { category: 'AllMetrics', enabled: true } ]
  }
}

@description('Name of the address.')
output name string = address.name

@description('Id of the address.')
output resourceId string = address.id

@description('Host name; the name in the certificate points there.')
output host string = address.properties.dnsSettings.fqdn
