// Who reads which secret. The roles are made once the secrets are there; nobody has one on the whole vault.
targetScope = 'resourceGroup'

@description('Identities by holder.')
param identities object

@description('Name of the vault.')
param vaultName string

@description('Whether the secrets of the services are in the vault.')
param hasSecrets bool

@description('Name of the certificate of the gateway; empty while it is not there.')
param certificate string

@description('Ids of the built-in roles by name.')
var roles = loadJsonContent('../roles.json')

@description('What every service reads.')
var serviceSecrets = [
  'token-keys'
  'google-maps-key'
  'kakao-key'
  'openweather-key'
  'place-facts-key'
]

@description('Secrets by whom they are for; a role on one that is not there cannot be made.')
var secretsOf = {
  services: hasSecrets ? serviceSecrets : []
  gateway: empty(certificate) ? [] : [ certificate ]
}

@description('Who reads them.')
var onSecrets = [
  { holder: 'user', secrets: 'services', role: 'Key Vault Secrets User' }
  { holder: 'trip', secrets: 'services', role: 'Key Vault Secrets User' }
  { holder: 'ai', secrets: 'services', role: 'Key Vault Secrets User' }
  { holder: 'location', secrets: 'services', role: 'Key Vault Secrets User' }
  { holder: 'notification', secrets: 'services', role: 'Key Vault Secrets User' }
  { holder: 'gateway', secrets: 'gateway', role: 'Key Vault Secrets User' }
]

@description('Roles on secrets, holder by holder.')
module assignments 'access-secrets.bicep' = [
  for entry in onSecrets: {
    name: 'access-secrets-${entry.holder}'
    params: {
      vaultName: vaultName
      secretNames: secretsOf[entry.secrets]
      principalId: identities[entry.holder].principalId
      holder: entry.holder
      roleId: roles[entry.role]
    }
  }
]
