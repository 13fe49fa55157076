using 'main.bicep'

// The first site of production. People and addresses of this file are examples until they are yours.
param environmentName = 'prod'
param location = 'japaneast'
param secondaryLocation = 'koreacentral'
param models = {
  primary: {
    name: 'planner'
    model: 'gpt-4.1'
    version: '2025-04-14'
    sku: 'GlobalStandard'
    capacity: 100
  }
  fallback: {
    name: 'planner-fallback'
    model: 'gpt-4.1-mini'
    version: '2025-04-14'
    sku: 'GlobalStandard'
    capacity: 100
  }
}
param operators = {
  groupId: '00000000-0000-0000-0000-000000000000'
  groupName: 'tripgen-operators'
  mail: 'operators@example.org'
  publisherSubject: 'repo:example/tripgen:environment:publish-prod'
}
param edge = {
  certificate: ''
  host: 'origin-jpe.example.org'
  furtherHosts: []
}
