// Role assignments of the platform, which precede the cluster: its own identities, and the backup vault.
targetScope = 'resourceGroup'

@description('Identities by holder.')
param identities object

@description('Names of the resources of the site.')
param names object

@description('Principal of the backup vault; empty where a site has none.')
param backupPrincipalId string

@description('Ids of the built-in roles by name.')
var roles = loadJsonContent('../roles.json')

@description('Load balancers in the subnet of the nodes.')
var onSubnet = [
  { holder: 'cluster', role: 'Network Contributor' }
]

@description('The control plane hands the nodes their identity.')
var onKubelet = [
  { holder: 'cluster', role: 'Managed Identity Operator' }
]

@description('Subnet of the nodes.')
resource subnet 'Microsoft.Network/virtualNetworks/subnets@2025-09-01' existing = {
  name: '${names.network}/snet-application'
}

@description('Identity of the nodes.')
resource kubelet 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: '${names.identity}-kubelet'
}

@description('Roles on the subnet.')
resource subnetRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onSubnet: {
    scope: subnet
    name: guid(subnet.id, entry.holder, roles[entry.role])
    properties: {
      principalId: identities[entry.holder].principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]

@description('Roles on the identity of the nodes.')
resource kubeletRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onKubelet: {
    scope: kubelet
    name: guid(kubelet.id, entry.holder, roles[entry.role])
    properties: {
      principalId: identities[entry.holder].principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]

@description('The database that is backed up.')
resource postgres 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' existing = {
  name: names.postgres
}

@description('What the backup vault does.')
var onBackup = [
  { holder: 'backup', role: 'PostgreSQL Flexible Server Long Term Retention Backup Role' }
]

@description('Role of the backup vault on the database.')
resource backupRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onBackup: if (!empty(backupPrincipalId)) {
    scope: postgres
    name: guid(postgres.id, entry.holder, roles[entry.role])
    properties: {
      principalId: backupPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]

@description('What the backup vault may see.')
var onGroup = [
  { holder: 'backup', role: 'Reader' }
]

@description('The backup vault reads what lies in the resource group.')
resource groupRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for entry in onGroup: if (!empty(backupPrincipalId)) {
    name: guid(resourceGroup().id, entry.holder, roles[entry.role])
    properties: {
      principalId: backupPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[entry.role])
    }
  }
]
