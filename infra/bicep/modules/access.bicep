// Role assignments of the services: model, leases, telemetry.
targetScope = 'resourceGroup'

@description('Identities by holder.')
param identities object

@description('Names of the resources of the site.')
param names object

@description('Ids of the built-in roles by name.')
var roles = loadJsonContent('../roles.json')

@description('Leases of the Functions host.')
var onStorage = [
  { holder: 'user', role: 'Storage Blob Data Owner' }
  { holder: 'trip', role: 'Storage Blob Data Owner' }
  { holder: 'ai', role: 'Storage Blob Data Owner' }
  { holder: 'location', role: 'Storage Blob Data Owner' }
  { holder: 'notification', role: 'Storage Blob Data Owner' }
]

@description('Telemetry.')
var onInsights = [
  { holder: 'user', role: 'Monitoring Metrics Publisher' }
  { holder: 'trip', role: 'Monitoring Metrics Publisher' }
  { holder: 'ai', role: 'Monitoring Metrics Publisher' }
  { holder: 'location', role: 'Monitoring Metrics Publisher' }
  { holder: 'notification', role: 'Monitoring Metrics Publisher' }
]

@description('The model.')
var onModel = [
  { holder: 'ai', role: 'Cognitive Services OpenAI User' }
  { holder: 'location', role: 'Cognitive Services OpenAI User' }
]

@description('Container of the leases.')
resource leases 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' existing = { name: '${names.storage}/default/azure-webjobs-hosts' }

@description('Application Insights.')
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: names.insights }

@description('Azure OpenAI.')
resource model 'Microsoft.CognitiveServices/accounts@2026-07-01' existing = { name: names.openAi }

@description('Roles on the leases.')
resource storageRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onStorage: {
    scope: leases
    name: guid(leases.id, entry.holder, roles[entry.role])
    properties: {
      principalId: identities[entry.holder].principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]

@description('Roles on telemetry.')
resource insightsRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onInsights: {
    scope: insights
    name: guid(insights.id, entry.holder, roles[entry.role])
    properties: {
      principalId: identities[entry.holder].principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]

@description('Roles on the model.')
resource modelRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onModel: {
    scope: model
    name: guid(model.id, entry.holder, roles[entry.role])
    properties: {
      principalId: identities[entry.holder].principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]
