// The read replica: reads may go there, failover does not.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Server it follows.')
param sourceServerId string

@description('General Purpose size, that of the primary or larger.')
param size string

@description('Zone of the replica.')
param zone string

@description('The replica.')
resource replica 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  sku: {
    name: size
    tier: 'GeneralPurpose'
  }
  properties: {
    createMode: 'Replica'
    sourceServerResourceId: sourceServerId
    availabilityZone: zone
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    network: {
      publicNetworkAccess: 'Disabled'
    }
  }
}

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: replica
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

@description('Name of the replica.')
output name string = replica.name

@description('Id of the replica.')
output resourceId string = replica.id

@description('Host name.')
output host string = replica.properties.fullyQualifiedDomainName
