// What the services run on: the cluster, its upgrades and metrics, and who may act as whom in it.
targetScope = 'resourceGroup'

@description('Names of the site.')
param names object

@description('Region.')
param location string

@description('Sizes and zones, as main.bicep declares them.')
param sizes object

@description('Subnet of the nodes.')
param subnetId string

@description('Identities by holder.')
param identities object

@description('People and workflows: groupId and publisherSubject.')
param operators object

@description('Workspace of the logs.')
param workspaceId string

@description('Cluster.')
module cluster '../modules/cluster.bicep' = {
  name: 'cluster'
  params: {
    name: names.cluster
    location: location
    systemPool: sizes.systemPool
    applicationPool: sizes.applicationPool
    zones: sizes.zones
    subnetId: subnetId
    identities: identities
    adminGroupId: operators.groupId
    workspaceId: workspaceId
  }
}

@description('Logs and maintenance of the cluster.')
module clusterOperations '../modules/cluster-operations.bicep' = {
  name: 'cluster-operations'
  params: { clusterName: cluster.outputs.name, workspaceId: workspaceId }
}

@description('Service accounts and workflow.')
module federation '../modules/federation.bicep' = {
  name: 'federation'
  params: {
    identityPrefix: names.identity
    issuerUrl: cluster.outputs.issuerUrl
    publisherSubject: operators.publisherSubject
  }
}

@description('Metrics and logs of the cluster.')
module prometheus '../modules/prometheus.bicep' = {
  name: 'prometheus'
  params: {
    name: names.metrics
    location: location
    clusterName: cluster.outputs.name
    workspaceId: workspaceId
  }
}

@description('Name of the cluster.')
output clusterName string = cluster.outputs.name
