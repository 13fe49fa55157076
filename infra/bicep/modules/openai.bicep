// Azure OpenAI and its model deployments. Entra accounts only.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('One deployment of a model.')
type Deployment = {
  // Name the app calls.
  name: string
  // Model.
  model: string
  // Its version.
  version: string
  // Kind of deployment, as Standard or GlobalStandard.
  sku: string
  // Thousands of tokens a minute.
  capacity: int
}

@description('A list of deployments.')
type Deployments = {
  // The model of choice.
  primary: Deployment
  // What stands in for it.
  fallback: Deployment
}

@description('The deployments.')
param deployments Deployments

@description('In the order they are made.')
var ordered = [
  deployments.primary
  deployments.fallback
]

@description('The account.')
resource account 'Microsoft.CognitiveServices/accounts@2026-07-01' = {
  name: name
  location: location
  kind: 'OpenAI'
  sku: {
    name: 'S0'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Disabled'
    networkAcls: {
      defaultAction: 'Deny'
    }
  }
}

@description('The deployments, one after the other as the service wants it.')
@batchSize(1)
resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2026-07-01' = [
  for entry in ordered: {
    parent: account
    name: entry.name
    sku: {
      name: entry.sku
      capacity: entry.capacity
    }
    properties: {
      model: {
        format: 'OpenAI'
        name: entry.model
        version: entry.version
      }
      versionUpgradeOption: 'OnceCurrentVersionExpired'
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

@description('Endpoint.')
output endpoint string = account.properties.endpoint
