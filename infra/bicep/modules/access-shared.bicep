// Role assignments on what the first site shares with the second: documents and images. It is deployed into the
// resource group of the first site, by both.
targetScope = 'resourceGroup'

@description('Identities by holder, of the site that deploys.')
param identities object

@description('Names of the resources of the first site.')
param names object

@description('Ids of the built-in roles by name.')
var roles = loadJsonContent('../roles.json')

@description('Containers of Cosmos DB; the role is one of the two built into every account.')
var onDocuments = [
  { holder: 'user', container: 'notifications', role: 'Cosmos DB Built-in Data Contributor' }
  { holder: 'trip', container: 'schedules', role: 'Cosmos DB Built-in Data Contributor' }
  { holder: 'ai', container: 'schedules', role: 'Cosmos DB Built-in Data Contributor' }
  { holder: 'ai', container: 'places', role: 'Cosmos DB Built-in Data Reader' }
  { holder: 'notification', container: 'schedules', role: 'Cosmos DB Built-in Data Reader' }
  { holder: 'location', container: 'places', role: 'Cosmos DB Built-in Data Contributor' }
  { holder: 'notification', container: 'notifications', role: 'Cosmos DB Built-in Data Contributor' }
]

@description('Ids of the roles within an account.')
var documentRoles = {
  'Cosmos DB Built-in Data Reader': '00000000-0000-0000-0000-000000000001'
  'Cosmos DB Built-in Data Contributor': '00000000-0000-0000-0000-000000000002'
}

@description('Images: the nodes pull, the workflow pushes.')
var onRegistry = [
  { holder: 'kubelet', role: 'AcrPull' }
  { holder: 'publisher', role: 'AcrPush' }
]

@description('Cosmos DB.')
resource account 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' existing = {
  name: names.cosmos
}

@description('Registry.')
resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: names.registry
}

@description('Roles on containers.')
resource documents 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2026-03-15' = [
  for entry in onDocuments: {
    parent: account
    name: guid(account.id, entry.container, identities[entry.holder].resourceId, entry.role)
    properties: {
      principalId: identities[entry.holder].principalId
      roleDefinitionId: '${account.id}/sqlRoleDefinitions/${documentRoles[entry.role]}'
      scope: '${account.id}/dbs/tripgen/colls/${entry.container}'
    }
  }
]

@description('Roles on images.')
resource images 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onRegistry: {
    scope: registry
    name: guid(registry.id, identities[entry.holder].resourceId, roles[entry.role])
    properties: {
      principalId: identities[entry.holder].principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]
