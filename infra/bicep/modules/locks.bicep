// What production keeps cannot be deleted by a slip: a lock on each store that holds what travellers made.
targetScope = 'resourceGroup'

@description('Names of the resources of the site.')
param names object

@description('Whether documents and images lie in this site.')
param isFirst bool

@description('What the locks say.')
var note = 'Holds what travellers made. Delete the lock first, on purpose.'

@description('PostgreSQL.')
resource postgres 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' existing = {
  name: names.postgres
}

@description('Documents.')
resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' existing = {
  name: names.cosmos
}

@description('Images.')
resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: names.registry
}

@description('The database stays.')
resource keepPostgres 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: postgres
  properties: {
    level: 'CanNotDelete'
    notes: note
  }
}

@description('The documents stay.')
resource keepCosmos 'Microsoft.Authorization/locks@2020-05-01' = if (isFirst) {
  name: 'keep'
  scope: cosmos
  properties: {
    level: 'CanNotDelete'
    notes: note
  }
}

@description('The images stay.')
resource keepRegistry 'Microsoft.Authorization/locks@2020-05-01' = if (isFirst) {
  name: 'keep'
  scope: registry
  properties: {
    level: 'CanNotDelete'
    notes: note
  }
}

@description('Name of the lock on the database.')
output name string = keepPostgres.name

@description('Id of the lock on the database.')
output resourceId string = keepPostgres.id
