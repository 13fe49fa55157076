// Cosmos DB for NoSQL: plans, places and notifications. Entra accounts only.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Second region that holds a copy; empty for none.')
param secondaryLocation string

@description('Most request units per second that a container may use; a tenth is the least.')
param maxThroughput int = 4000

@description('Whether the regions have zones.')
param zoneRedundant bool = true

@description('Containers: name, partition key, default time to live in seconds (-1: items may name their own).')
var containers = [
  {
    id: 'schedules'
    partitionKey: '/tripId'
    defaultTtl: -1
  }
  {
    id: 'places'
    partitionKey: '/region'
    defaultTtl: -1
  }
  {
    id: 'notifications'
    partitionKey: '/userId'
    defaultTtl: -1
  }
]

@description('The first region, where everything is written.')
var firstRegion = [
  {
    locationName: location
    failoverPriority: 0
    isZoneRedundant: zoneRedundant
  }
]

@description('The second one, which takes over.')
var secondRegion = [
  {
    locationName: secondaryLocation
    failoverPriority: 1
    isZoneRedundant: zoneRedundant
  }
]

@description('The account.')
resource account 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' = {
  // checkov:skip=CKV_AZURE_99:public access is off, so no network rule applies
  name: name
  location: location
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    locations: empty(secondaryLocation) ? firstRegion : concat(firstRegion, secondRegion)
    enableAutomaticFailover: !empty(secondaryLocation)
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    publicNetworkAccess: 'Disabled'
    networkAclBypass: 'None'
    minimalTlsVersion: 'Tls12'
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: {
        tier: 'Continuous30Days'
      }
    }
  }
}

@description('The database of the product.')
resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2026-03-15' = {
  parent: account
  name: 'tripgen'
  properties: {
    resource: {
      id: 'tripgen'
    }
  }
}

@description('The containers.')
resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2026-03-15' = [
  for entry in containers: {
    parent: database
    name: entry.id
    properties: {
      resource: {
        id: entry.id
        partitionKey: {
          paths: [
            entry.partitionKey
          ]
          kind: 'Hash'
          version: 2
        }
        defaultTtl: entry.defaultTtl
      }
      options: {
        autoscaleSettings: {
          maxThroughput: maxThroughput
        }
      }
    }
  }
]

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account
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

@description('Name of the account.')
output name string = account.name

@description('Id of the account.')
output resourceId string = account.id

@description('Endpoint of the documents.')
output endpoint string = account.properties.documentEndpoint
