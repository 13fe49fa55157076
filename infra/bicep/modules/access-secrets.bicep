// One role of one holder on some secrets, each by itself.
targetScope = 'resourceGroup'

@description('Name of the vault.')
param vaultName string

@description('Secrets.')
param secretNames array

@description('Who reads them.')
param principalId string

@description('Name of who reads them, part of the names of the assignments.')
param holder string

@description('Id of the role.')
param roleId string

@description('The vault.')
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

@description('The secrets.')
resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' existing = [
  for secretName in secretNames: {
    parent: vault
    name: secretName
  }
]

@description('The assignments.')
resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (secretName, i) in secretNames: {
    scope: secret[i]
    name: guid(secret[i].id, holder, roleId)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    }
  }
]
