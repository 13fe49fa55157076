using 'main.bicep'

// The second site of production: the same modules in Korea Central, its database follows the first one. People and addresses of this file are examples until they are yours.
param environmentName = 'prod'
param location = 'koreacentral'
param secondaryLocation = ''
param models = {
  primary: {
    name: 'planner'
    model: 'gpt-4.1'
    version: '2025-04-14'
    sku: 'GlobalStandard'
    capacity: 100
  }
  fallback: {
    name: 'planner-small'
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
  publisherSubject: 'repo:example/tripgen:environment:prod'
}
param edge = {
  certificate: ''
  host: 'origin-krc.example.org'
  furtherHosts: []
}
// Outputs of the first site.
param firstSite = {
  resourceGroup: 'rg-tripgen-prod'
  location: 'japaneast'
  frontDoorId: '00000000-0000-0000-0000-000000000000'
  postgresId: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-tripgen-prod/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-tripgen-prod'
}
// A network of its own, so that the two may be peered.
param addresses = {
  space: '10.1.0.0/16'
  application: '10.1.1.0/24'
  database: '10.1.2.0/24'
  cache: '10.1.3.0/24'
  gateway: '10.1.4.0/24'
  messaging: '10.1.5.0/24'
  security: '10.1.6.0/24'
  postgres: '10.1.2.10'
  postgresReplica: '10.1.2.11'
  cosmos: '10.1.2.20'
  redis: '10.1.3.10'
  serviceBus: '10.1.5.10'
  keyVault: '10.1.6.10'
  registry: '10.1.6.20'
  blob: '10.1.6.30'
  openAi: '10.1.6.40'
}
param services = [
  {
    name: 'user'
    address: '10.1.1.200'
    port: 30080
    paths: [
      '/api/v1/users*'
      '/api/v1/sessions*'
      '/api/v1/notifications*'
      '/api/v1/openapi.json'
      '/api/v1/docs*'
    ]
  }
  {
    name: 'trip'
    address: '10.1.1.201'
    port: 30081
    paths: [
      '/api/v1/trips*'
      '/api/v1/invitations*'
    ]
  }
  {
    name: 'ai'
    address: '10.1.1.202'
    port: 30082
    paths: [
      '/api/v1/schedule-jobs*'
    ]
  }
  {
    name: 'location'
    address: '10.1.1.203'
    port: 30083
    paths: [
      '/api/v1/places*'
      '/api/v1/place-searches*'
    ]
  }
]
