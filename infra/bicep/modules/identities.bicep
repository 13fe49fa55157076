// One managed identity per service and per part of the platform; no key is made for any of them.
targetScope = 'resourceGroup'

@description('What others need to know of an identity.')
type Identity = {
  // Id of the resource.
  resourceId: string
  // What the workload presents.
  clientId: string
  // What roles are assigned to.
  principalId: string
  // Name of the account in PostgreSQL.
  name: string
}

@description('The identities.')
type Identities = {
  // User service.
  user: Identity
  // Trip service.
  trip: Identity
  // AI service.
  ai: Identity
  // Location service.
  location: Identity
  // Notification worker.
  notification: Identity
  // Migrations of the database.
  migrations: Identity
  // KEDA operator, which counts waiting messages.
  scaler: Identity
  // Control plane of the cluster.
  cluster: Identity
  // Nodes, which pull images.
  kubelet: Identity
  // Application gateway, which reads its certificate.
  gateway: Identity
  // Workflow that pushes images.
  publisher: Identity
}

@description('Prefix of the names.')
param prefix string

@description('Region.')
param location string

@description('Whom the identities are for.')
var holders = [
  'user'
  'trip'
  'ai'
  'location'
  'notification'
  'migrations'
  'scaler'
  'cluster'
  'kubelet'
  'gateway'
  'publisher'
]

@description('The identities.')
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for holder in holders: {
    name: '${prefix}-${holder}'
    location: location
  }
]

@description('Name of the first identity; the others are in identities.')
output name string = identity[0].name

@description('Ids of all identities.')
output resourceId array = [for i in range(0, length(holders)): identity[i].id]

@description('All of them by holder.')
output identities Identities = {
  user: {
    resourceId: identity[0].id
    clientId: identity[0].properties.clientId
    principalId: identity[0].properties.principalId
    name: identity[0].name
  }
  trip: {
    resourceId: identity[1].id
    clientId: identity[1].properties.clientId
    principalId: identity[1].properties.principalId
    name: identity[1].name
  }
  ai: {
    resourceId: identity[2].id
    clientId: identity[2].properties.clientId
    principalId: identity[2].properties.principalId
    name: identity[2].name
  }
  location: {
    resourceId: identity[3].id
    clientId: identity[3].properties.clientId
    principalId: identity[3].properties.principalId
    name: identity[3].name
  }
  notification: {
    resourceId: identity[4].id
    clientId: identity[4].properties.clientId
    principalId: identity[4].properties.principalId
    name: identity[4].name
  }
  migrations: {
    resourceId: identity[5].id
    clientId: identity[5].properties.clientId
    principalId: identity[5].properties.principalId
    name: identity[5].name
  }
  scaler: {
    resourceId: identity[6].id
    clientId: identity[6].properties.clientId
    principalId: identity[6].properties.principalId
    name: identity[6].name
  }
  cluster: {
    resourceId: identity[7].id
    clientId: identity[7].properties.clientId
    principalId: identity[7].properties.principalId
    name: identity[7].name
  }
  kubelet: {
    resourceId: identity[8].id
    clientId: identity[8].properties.clientId
    principalId: identity[8].properties.principalId
    name: identity[8].name
  }
  gateway: {
    resourceId: identity[9].id
    clientId: identity[9].properties.clientId
    principalId: identity[9].properties.principalId
    name: identity[9].name
  }
  publisher: {
    resourceId: identity[10].id
    clientId: identity[10].properties.clientId
    principalId: identity[10].properties.principalId
    name: identity[10].name
  }
}
