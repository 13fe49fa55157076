using 'main.bicep'

// Small and in one region, of the same modules. People and addresses of this file are examples until they are yours.
param environmentName = 'dev'
param location = 'japaneast'
param secondaryLocation = ''
param models = {
  primary: {
    name: 'planner'
    model: 'gpt-4.1'
    version: '2025-04-14'
    sku: 'GlobalStandard'
    capacity: 10
  }
  fallback: {
    name: 'planner-fallback'
    model: 'gpt-4.1-mini'
    version: '2025-04-14'
    sku: 'GlobalStandard'
    capacity: 10
  }
}
param operators = {
  groupId: '00000000-0000-0000-0000-000000000000'
  groupName: 'tripgen-operators'
  mail: 'operators@example.org'
  publisherSubject: 'repo:example/tripgen:environment:publish-dev'
}
param edge = {
  certificate: ''
  host: 'origin-dev.example.org'
  furtherHosts: []
}
param sizes = {
  zones: [
    '1'
    '2'
    '3'
  ]
  systemPool: {
    size: 'Standard_D2s_v3'
    min: 1
    max: 2
  }
  applicationPool: {
    size: 'Standard_D4s_v3'
    min: 1
    max: 3
  }
  postgres: 'Standard_D2s_v3'
  postgresStorageGb: 64
  postgresZones: [
    '1'
    ''
    ''
  ]
  redis: 'Balanced_B1'
  busPartitions: 1
  busUnits: 1
}
