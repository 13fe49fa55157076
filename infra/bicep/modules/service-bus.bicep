// Service Bus Premium: two partitions, and the three queues.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Partitions of the namespace; fixed at creation.')
@allowed([
  1
  2
  4
])
param partitions int = 2

@description('Messaging units, a multiple of the partitions.')
param messagingUnits int = 2

@description('Names of the queues, those of the messages.')
var queueNames = [
  'ai-schedule-generation'
  'location-search'
  'notification'
]

@description('The namespace.')
resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  sku: {
    name: 'Premium'
    tier: 'Premium'
    capacity: messagingUnits
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    premiumMessagingPartitions: partitions
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Disabled'
    zoneRedundant: true
  }
}

@description('Closes the namespace to every network but the private endpoint.')
resource rules 'Microsoft.ServiceBus/namespaces/networkRuleSets@2026-01-01' = {
  parent: namespace
  name: 'default'
  properties: {
    defaultAction: 'Deny'
    publicNetworkAccess: 'Disabled'
    trustedServiceAccessEnabled: false
  }
}

@description('The queues; all have the same settings, and the partitions of the namespace.')
resource queues 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' = [
  for queueName in queueNames: {
    parent: namespace
    name: queueName
    properties: {
      lockDuration: 'PT5M'
      maxDeliveryCount: 5
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'PT10M'
      deadLetteringOnMessageExpiration: true
      defaultMessageTimeToLive: 'P14D'
      maxSizeInMegabytes: 16384
      requiresSession: false
    }
  }
]

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: namespace
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

@description('Name of the namespace.')
output name string = namespace.name

@description('Id of the namespace.')
output resourceId string = namespace.id

@description('Fully qualified host name.')
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')

@description('Names of the queues.')
output queues array = queueNames
