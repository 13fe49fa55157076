// Which service account may act as which identity, and which workflow may push images.
targetScope = 'resourceGroup'

@description('Prefix of the identities\' names.')
param identityPrefix string

@description('Issuer of the cluster.')
param issuerUrl string

@description('Namespace of the services; a service account is named like its service.')
param kubernetesNamespace string = 'tripgen'

@description('What the workflow\'s token must say, as repo:owner/name:environment:name; empty for no workflow.')
param publisherSubject string

@description('Who acts as which identity.')
var subjects = [
  { holder: 'user', subject: 'system:serviceaccount:${kubernetesNamespace}:user' }
  { holder: 'trip', subject: 'system:serviceaccount:${kubernetesNamespace}:trip' }
  { holder: 'ai', subject: 'system:serviceaccount:${kubernetesNamespace}:ai' }
  { holder: 'location', subject: 'system:serviceaccount:${kubernetesNamespace}:location' }
  { holder: 'notification', subject: 'system:serviceaccount:${kubernetesNamespace}:notification' }
  { holder: 'migrations', subject: 'system:serviceaccount:${kubernetesNamespace}:migrations' }
  { holder: 'scaler', subject: 'system:serviceaccount:kube-system:keda-operator' }
]

@description('The identities.')
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for entry in subjects: {
    name: '${identityPrefix}-${entry.holder}'
  }
]

@description('The identity of the workflow.')
resource publisher 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: '${identityPrefix}-publisher'
}

@description('Service accounts of the cluster.')
resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = [
  for (entry, i) in subjects: {
    parent: identity[i]
    name: 'cluster'
    properties: {
      issuer: issuerUrl
      subject: entry.subject
      audiences: [
        'api://AzureADTokenExchange'
      ]
    }
  }
]

@description('The workflow.')
resource workflow 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = if (!empty(publisherSubject)) {
  parent: publisher
  name: 'github'
  properties: {
    issuer: 'https://token.actions.githubusercontent.com'
    subject: publisherSubject
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}

@description('Name of the first credential.')
output name string = credential[0].name

@description('Id of the first credential.')
output resourceId string = credential[0].id
