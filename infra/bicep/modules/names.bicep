// The one function of environment and region that names everything. It holds no resource.
targetScope = 'resourceGroup'

@description('Names of all resources of a site.')
type Names = {
  // Virtual network; parts of the network are named after it.
  network: string
  // Kubernetes cluster.
  cluster: string
  // PostgreSQL server; its replica adds -replica.
  postgres: string
  // Managed Redis.
  redis: string
  // Service Bus namespace.
  serviceBus: string
  // Cosmos DB account.
  cosmos: string
  // Key vault, at most 24 characters.
  keyVault: string
  // Storage account, letters and digits only.
  storage: string
  // Azure OpenAI account, also its subdomain.
  openAi: string
  // Container registry, letters and digits only.
  registry: string
  // Application gateway.
  gateway: string
  // Front Door profile.
  frontDoor: string
  // Log Analytics workspace.
  workspace: string
  // Application Insights.
  insights: string
  // Azure Monitor workspace of the Prometheus metrics.
  metrics: string
  // Backup vault.
  backup: string
  // Prefix of the managed identities.
  identity: string
}

@description('Environment: dev or prod. The second site of prod is prod in another region.')
param environmentName string

@description('Azure region of the site.')
param location string

@description('Region whose names carry no suffix.')
param homeRegion string = 'japaneast'

@description('Short codes of regions; others are spelled out.')
var codes = {
  japaneast: 'jpe'
  japanwest: 'jpw'
  koreacentral: 'krc'
}

@description('What a region other than the home region adds.')
var suffix = location == homeRegion ? '' : '-${codes[?location] ?? location}'

@description('What every name ends with.')
var site = 'tripgen-${environmentName}${suffix}'

@description('The same for names that allow no hyphen.')
var joined = replace(site, '-', '')

@description('The names.')
output names Names = {
  network: 'vnet-${site}'
  cluster: 'aks-${site}'
  postgres: 'psql-${site}'
  redis: 'redis-${site}'
  serviceBus: 'sb-${site}'
  cosmos: 'cosmos-${site}'
  keyVault: take('kv-${site}', 24)
  storage: take('st${joined}', 24)
  openAi: 'oai-${site}'
  registry: 'cr${joined}'
  gateway: 'agw-${site}'
  frontDoor: 'afd-${site}'
  workspace: 'log-${site}'
  insights: 'appi-${site}'
  metrics: 'amw-${site}'
  backup: 'bvault-${site}'
  identity: 'id-${site}'
}
