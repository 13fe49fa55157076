// AKS Premium over three zones: private API server, Entra accounts, workload identity, KEDA.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Size and bounds of a node pool.')
type Pool = {
  // Size of a node.
  size: string
  // Fewest nodes, and the number at the start.
  min: int
  // Most nodes.
  max: int
}

@description('Nodes of the cluster itself.')
param systemPool Pool

@description('Nodes of the services.')
param applicationPool Pool

@description('Zones of both pools.')
param zones array

@description('Subnet of the nodes.')
param subnetId string

@description('Identities: cluster is the control plane, kubelet pulls images.')
param identities object

@description('Entra group whose members administer the cluster.')
param adminGroupId string

@description('Kubernetes version; long-term support keeps it for two years.')
param kubernetesVersion string = '1.33'

@description('What both pools have in common.')
var poolDefaults = {
  type: 'VirtualMachineScaleSets'
  osType: 'Linux'
  osSKU: 'AzureLinux'
  osDiskType: 'Managed'
  osDiskSizeGB: 128
  availabilityZones: zones
  vnetSubnetID: subnetId
  enableAutoScaling: true
  enableEncryptionAtHost: true
  enableNodePublicIP: false
  maxPods: 60
  upgradeSettings: { maxSurge: '33%', drainTimeoutInMinutes: 15 }
}

@description('The cluster.')
resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' = {
  // checkov:skip=CKV_AZURE_6:the API server is private, there is no address to allow
  // checkov:skip=CKV_AZURE_8:the dashboard add-on no longer exists
  // checkov:skip=CKV_AZURE_168:set to 60 in poolDefaults, which the tool does not follow
  // checkov:skip=CKV_AZURE_172:set below as the text Azure wants
  // checkov:skip=CKV_AZURE_226:the cache of a D2s_v3 is smaller than its system disk
  // checkov:skip=CKV_AZURE_227:set in poolDefaults, which the tool does not follow
  name: name
  location: location
  sku: { name: 'Base', tier: 'Premium' }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identities.cluster.resourceId}': {} } }
  properties: {
    kubernetesVersion: kubernetesVersion
    supportPlan: 'AKSLongTermSupport'
    dnsPrefix: name
    nodeResourceGroup: 'rg-${name}-nodes'
    enableRBAC: true
    disableLocalAccounts: true
    publicNetworkAccess: 'Disabled'
    aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: [ adminGroupId ], tenantID: tenant().tenantId }
    apiServerAccessProfile: {
      enablePrivateCluster: true
      enablePrivateClusterPublicFQDN: false
      privateDNSZone: 'system'
      disableRunCommand: false
    }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      podCidr: '10.244.0.0/16'
      serviceCidr: '10.245.0.0/16'
      dnsServiceIP: '10.245.0.10'
      loadBalancerSku: 'standard'
      outboundType: 'userAssignedNATGateway'
    }
    agentPoolProfiles: [
      union(poolDefaults, {
        name: 'system'
        mode: 'System'
        vmSize: systemPool.size
        count: systemPool.min
        minCount: systemPool.min
        maxCount: systemPool.max
        nodeTaints: [ 'CriticalAddonsOnly=true:NoSchedule' ]
      })
      union(poolDefaults, {
        name: 'app'
        mode: 'User'
        vmSize: applicationPool.size
        count: applicationPool.min
        minCount: applicationPool.min
        maxCount: applicationPool.max
      })
    ]
    identityProfile: {
      kubeletidentity: {
        resourceId: identities.kubelet.resourceId
        clientId: identities.kubelet.clientId
        objectId: identities.kubelet.principalId
      }
    }
    oidcIssuerProfile: { enabled: true }
    securityProfile: {
      workloadIdentity: { enabled: true }
      imageCleaner: { enabled: true, intervalHours: 48 }
      defender: { logAnalyticsWorkspaceResourceId: workspaceId, securityMonitoring: { enabled: true } }
    }
    workloadAutoScalerProfile: { keda: { enabled: true } }
    addonProfiles: {
      azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: 'true', rotationPollInterval: '2m' } }
      azurepolicy: { enabled: true }
      omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' } }
    }
    azureMonitorProfile: { metrics: { enabled: true } }
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' }
  }
}

@description('Name of the cluster.')
output name string = cluster.name

@description('Id of the cluster.')
output resourceId string = cluster.id

@description('Issuer of the tokens of service accounts, for federated credentials.')
output issuerUrl string = cluster.properties.oidcIssuerProfile.issuerURL
