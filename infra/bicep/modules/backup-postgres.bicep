// Puts the database under the policy of the backup vault; the roles of the vault must be there first.
targetScope = 'resourceGroup'

@description('Name of the backup vault.')
param vaultName string

@description('Policy.')
param policyId string

@description('Name of the server.')
param postgresName string

@description('Region of the server.')
param location string

@description('The vault.')
resource vault 'Microsoft.DataProtection/backupVaults@2026-06-01' existing = {
  name: vaultName
}

@description('The server.')
resource postgres 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' existing = {
  name: postgresName
}

@description('What is copied.')
resource instance 'Microsoft.DataProtection/backupVaults/backupInstances@2026-06-01' = {
  parent: vault
  name: postgresName
  properties: {
    objectType: 'BackupInstance'
    friendlyName: postgresName
    dataSourceInfo: {
      objectType: 'Datasource'
      datasourceType: 'Microsoft.DBforPostgreSQL/flexibleServers'
      resourceType: 'Microsoft.DBforPostgreSQL/flexibleServers'
      resourceID: postgres.id
      resourceName: postgresName
      resourceLocation: location
      resourceUri: postgres.id
    }
    policyInfo: { policyId: policyId }
  }
}

@description('Name of the backup.')
output name string = instance.name

@description('Id of the backup.')
output resourceId string = instance.id
