// Who may do what: every role assignment of a site. The table of all of them is docs/operations/access.md.
targetScope = 'resourceGroup'

@description('Identities by holder.')
param identities object

@description('Names of the site.')
param names object

@description('Names of the first site.')
param firstNames object

@description('Where documents and images lie.')
param sharedGroup string

@description('Region, which tells the roles of two sites on what they share apart.')
param location string

@description('Principal of the backup vault; empty where a site has none.')
param backupPrincipalId string

@description('Whether the secrets are in the vault.')
param hasSecrets bool

@description('Name of the certificate in the vault; empty for none.')
param certificate string

@description('Roles of the services.')
module services '../modules/access.bicep' = {
  name: 'access-services'
  params: { identities: identities, names: names }
}

@description('Roles on queues.')
module queues '../modules/access-queues.bicep' = {
  name: 'access-queues'
  params: { identities: identities, serviceBusName: names.serviceBus }
}

@description('Roles on secrets.')
module secrets '../modules/access-vault.bicep' = {
  name: 'access-vault'
  params: { identities: identities, vaultName: names.keyVault, hasSecrets: hasSecrets, certificate: certificate }
}

@description('Roles of cluster and backup.')
module platform '../modules/access-platform.bicep' = {
  name: 'access-platform'
  params: { identities: identities, names: names, backupPrincipalId: backupPrincipalId }
}

@description('Roles on documents and images, in the group of the first site.')
module shared '../modules/access-shared.bicep' = {
  name: 'access-shared-${location}'
  scope: resourceGroup(sharedGroup)
  params: { identities: identities, names: firstNames }
}

@description('Users of the cache.')
module cache '../modules/access-cache.bicep' = {
  name: 'access-cache'
  params: { identities: identities, redisName: names.redis }
}
