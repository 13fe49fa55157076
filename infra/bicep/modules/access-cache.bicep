// Who may use the cache. Azure Managed Redis has one access policy for data, named default.
targetScope = 'resourceGroup'

@description('Identities by holder.')
param identities object

@description('Name of the cache.')
param redisName string

@description('Who uses it.')
var onCache = [
  { holder: 'user', role: 'Redis access policy default' }
  { holder: 'trip', role: 'Redis access policy default' }
  { holder: 'ai', role: 'Redis access policy default' }
  { holder: 'location', role: 'Redis access policy default' }
  { holder: 'notification', role: 'Redis access policy default' }
]

@description('The database of the cache.')
resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' existing = {
  name: '${redisName}/default'
}

@description('The assignments, one after the other as the service wants it.')
@batchSize(1)
resource assignment 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = [
  for entry in onCache: {
    parent: database
    name: entry.holder
    properties: {
      accessPolicyName: 'default'
      user: {
        objectId: identities[entry.holder].principalId
      }
    }
  }
]
