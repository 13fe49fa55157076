// PostgreSQL: the primary with its standby, or the replica of another site. Entra accounts only.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Size and storage of the server.')
type Server = {
  // General Purpose size.
  size: string
  // Storage in GB.
  storageGb: int
  // Zone of the primary.
  zone: string
  // Zone of the standby that takes over; empty for none.
  standbyZone: string
}

@description('Size, storage and zones.')
param server Server

@description('Days a point in time can be restored.')
@minValue(7)
@maxValue(35)
param retentionDays int = 35

@description('Server of the other site this one replicates until it is promoted; empty for a server of its own.')
param sourceServerId string = ''

@description('Accounts that may create roles: object id, name and type.')
param administrators array

@description('Whether the server follows another one; it then has no standby until it is promoted.')
var isReplica = !empty(sourceServerId)

@description('The server.')
resource postgres 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  sku: {
    name: server.size
    tier: 'GeneralPurpose'
  }
  properties: {
    createMode: isReplica ? 'Replica' : 'Default'
    sourceServerResourceId: isReplica ? sourceServerId : null
    version: '18'
    availabilityZone: server.zone
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: {
      storageSizeGB: server.storageGb
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: retentionDays
      geoRedundantBackup: isReplica ? 'Disabled' : 'Enabled'
    }
    highAvailability: {
      mode: isReplica || empty(server.standbyZone) ? 'Disabled' : 'ZoneRedundant'
      standbyAvailabilityZone: isReplica || empty(server.standbyZone) ? null : server.standbyZone
    }
    network: {
      publicNetworkAccess: 'Disabled'
    }
    maintenanceWindow: {
      customWindow: 'Enabled'
      dayOfWeek: 0
      startHour: 18
      startMinute: 0
    }
  }
}

@description('Who may create roles; the services sign in with the roles of deploy/roles.sql.')
@batchSize(1)
resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = [
  for account in administrators: if (!isReplica) {
    parent: postgres
    name: account.objectId
    properties: {
      principalName: account.name
      principalType: account.type
      tenantId: tenant().tenantId
    }
  }
]

@description('The database of the product.')
resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = if (!isReplica) {
  parent: postgres
  name: 'tripgen'
  properties: {
    charset: 'UTF8'
    collation: 'en_US.utf8'
  }
  dependsOn: [
    administrator
  ]
}

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: postgres
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

@description('Name of the server.')
output name string = postgres.name

@description('Id of the server.')
output resourceId string = postgres.id

@description('Host name.')
output host string = postgres.properties.fullyQualifiedDomainName
