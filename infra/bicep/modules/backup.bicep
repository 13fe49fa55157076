// Backup vault, geo-redundant, with weekly copies of PostgreSQL beside the 35 days the server keeps itself.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('How long a weekly copy is kept.')
param retention string = 'P12M'

@description('The vault; what was deleted can be brought back for 14 days, which nobody can turn off, and in the second region as well.')
resource vault 'Microsoft.DataProtection/backupVaults@2026-06-01' = {
  name: name
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    storageSettings: [ { datastoreType: 'VaultStore', type: 'GeoRedundant' } ]
    securitySettings: {
      softDeleteSettings: { state: 'AlwaysOn', retentionDurationInDays: 14 }
      immutabilitySettings: { state: 'Unlocked' }
    }
    featureSettings: { crossRegionRestoreSettings: { state: 'Enabled' } }
    monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: 'Enabled' } }
  }
}

@description('A full copy every Sunday.')
resource policy 'Microsoft.DataProtection/backupVaults/backupPolicies@2026-06-01' = {
  parent: vault
  name: 'postgres-weekly'
  properties: {
    objectType: 'BackupPolicy'
    datasourceTypes: [ 'Microsoft.DBforPostgreSQL/flexibleServers' ]
    policyRules: [
      {
        name: 'BackupWeekly'
        objectType: 'AzureBackupRule'
        backupParameters: { objectType: 'AzureBackupParams', backupType: 'Full' }
        dataStore: { dataStoreType: 'VaultStore', objectType: 'DataStoreInfoBase' }
        trigger: {
          objectType: 'ScheduleBasedTriggerContext'
          schedule: { repeatingTimeIntervals: [ 'R/2026-01-04T16:00:00+00:00/P1W' ], timeZone: 'UTC' }
          taggingCriteria: [
            {
              isDefault: true
              taggingPriority: 99
              tagInfo: { tagName: 'Default' }
            }
          ]
        }
      }
      {
        name: 'Default'
        objectType: 'AzureRetentionRule'
        isDefault: true
        lifecycles: [
          {
            deleteAfter: { objectType: 'AbsoluteDeleteOption', duration: retention }
            sourceDataStore: { dataStoreType: 'VaultStore', objectType: 'DataStoreInfoBase' }
            targetDataStoreCopySettings: []
          }
        ]
      }
    ]
  }
}

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [ { categoryGroup: 'allLogs', enabled: true } ]
    metrics: [ { category: 'AllMetrics', enabled: true } ]
  }
}

@description('Name of the vault.')
output name string = vault.name

@description('Id of the vault.')
output resourceId string = vault.id

@description('Principal of the vault, for its roles on the database.')
output principalId string = vault.identity.principalId

@description('Policy for PostgreSQL.')
output postgresPolicyId string = policy.id
