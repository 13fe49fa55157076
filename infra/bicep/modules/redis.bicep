// Azure Managed Redis with a second node in another zone. Entra accounts only, TLS only.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Size; Balanced_B5 has 6 GB.')
param size string

@description('The cluster; with high availability its nodes are spread over zones by the service.')
resource redis 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: location
  sku: {
    name: size
  }
  properties: {
    highAvailability: 'Enabled'
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Disabled'
  }
}

@description('The database. Snapshots let it start warm; what it holds can be made again.')
resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' = {
  parent: redis
  name: 'default'
  properties: {
    accessKeysAuthentication: 'Disabled'
    clientProtocol: 'Encrypted'
    clusteringPolicy: 'EnterpriseCluster'
    evictionPolicy: 'AllKeysLRU'
    port: 10000
    persistence: {
      aofEnabled: false
      rdbEnabled: true
      rdbFrequency: '1h'
    }
  }
}

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: redis
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Connections to the database.')
resource connections 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: database
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

@description('Name of the cluster.')
output name string = redis.name

@description('Id of the cluster.')
output resourceId string = redis.id

@description('Host name; the port is 10000, TLS.')
output host string = redis.properties.hostName
