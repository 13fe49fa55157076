// Role assignments on the queues.
// The table of all of them is docs/operations/access.md.
targetScope = 'resourceGroup'

@description('Identities by holder.')
param identities object

@description('Name of the namespace.')
param serviceBusName string

@description('Ids of the built-in roles by name.')
var roles = loadJsonContent('../roles.json')

@description('Who sends, who receives, who counts. Whoever posts relays what others posted too.')
var onQueues = [
  { holder: 'user', queue: 'ai-schedule-generation', role: 'Azure Service Bus Data Sender' }
  { holder: 'user', queue: 'location-search', role: 'Azure Service Bus Data Sender' }
  { holder: 'user', queue: 'notification', role: 'Azure Service Bus Data Sender' }
  { holder: 'trip', queue: 'ai-schedule-generation', role: 'Azure Service Bus Data Sender' }
  { holder: 'trip', queue: 'location-search', role: 'Azure Service Bus Data Sender' }
  { holder: 'trip', queue: 'notification', role: 'Azure Service Bus Data Sender' }
  { holder: 'ai', queue: 'ai-schedule-generation', role: 'Azure Service Bus Data Receiver' }
  { holder: 'ai', queue: 'ai-schedule-generation', role: 'Azure Service Bus Data Sender' }
  { holder: 'ai', queue: 'location-search', role: 'Azure Service Bus Data Sender' }
  { holder: 'ai', queue: 'notification', role: 'Azure Service Bus Data Sender' }
  { holder: 'location', queue: 'location-search', role: 'Azure Service Bus Data Receiver' }
  { holder: 'location', queue: 'location-search', role: 'Azure Service Bus Data Sender' }
  { holder: 'location', queue: 'ai-schedule-generation', role: 'Azure Service Bus Data Sender' }
  { holder: 'location', queue: 'notification', role: 'Azure Service Bus Data Sender' }
  { holder: 'notification', queue: 'notification', role: 'Azure Service Bus Data Receiver' }
  { holder: 'notification', queue: 'notification', role: 'Azure Service Bus Data Sender' }
  { holder: 'scaler', queue: 'ai-schedule-generation', role: 'Azure Service Bus Data Owner' }
  { holder: 'scaler', queue: 'location-search', role: 'Azure Service Bus Data Owner' }
  { holder: 'scaler', queue: 'notification', role: 'Azure Service Bus Data Owner' }
]

@description('Service Bus.')
resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' existing = { name: serviceBusName }

@description('The queue of each entry.')
resource queue 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' existing = [
  for entry in onQueues: { parent: namespace, name: entry.queue }
]

@description('Roles on queues.')
resource queueRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (entry, i) in onQueues: {
    scope: queue[i]
    name: guid(queue[i].id, entry.holder, roles[entry.role])
    properties: {
      principalId: identities[entry.holder].principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]
