// Managed Prometheus: where the cluster's metrics are kept, and the rule that takes them there.
targetScope = 'resourceGroup'

@description('Name of the Azure Monitor workspace.')
param name string

@description('Region.')
param location string

@description('Cluster whose metrics are taken.')
param clusterName string

@description('Log Analytics workspace of the container logs.')
param workspaceId string

// The definitions know only some of the streams.
@description('What is taken as metrics.')
#disable-next-line BCP088
var metricStreams = [ 'Microsoft-PrometheusMetrics' ]

@description('What is taken as logs.')
#disable-next-line BCP088
var logStreams = [ 'Microsoft-ContainerLogV2', 'Microsoft-KubeEvents', 'Microsoft-KubePodInventory' ]

@description('The cluster.')
resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' existing = {
  name: clusterName
}

@description('Where metrics are kept.')
resource metrics 'Microsoft.Monitor/accounts@2025-10-03' = {
  name: name
  location: location
  properties: {}
}

@description('Where the agents send.')
resource collector 'Microsoft.Insights/dataCollectionEndpoints@2024-03-11' = {
  name: 'dce-${name}'
  location: location
  kind: 'Linux'
  properties: {}
}

@description('Metrics of the cluster go to the metrics workspace.')
resource rule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'dcr-${name}'
  location: location
  kind: 'Linux'
  properties: {
    dataCollectionEndpointId: collector.id
    dataSources: {
      prometheusForwarder: [ { name: 'PrometheusDataSource', streams: metricStreams } ]
    }
    destinations: {
      monitoringAccounts: [ { name: 'metrics', accountResourceId: metrics.id } ]
    }
    dataFlows: [ { streams: metricStreams, destinations: [ 'metrics' ] } ]
  }
}

@description('Output of containers goes to Log Analytics.')
resource containerLogs 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'dcr-logs-${name}'
  location: location
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: logStreams
          extensionSettings: {
            dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true }
          }
        }
      ]
    }
    destinations: {
      logAnalytics: [ { name: 'logs', workspaceResourceId: workspaceId } ]
    }
    dataFlows: [
      {
        streams: logStreams
        destinations: [ 'logs' ]
      }
    ]
  }
}

@description('The cluster follows the rule of its metrics.')
resource takesMetrics 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'metrics'
  scope: cluster
  properties: { dataCollectionRuleId: rule.id }
}

@description('The cluster follows the rule of its logs.')
resource takesLogs 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'ContainerInsightsExtension'
  scope: cluster
  properties: { dataCollectionRuleId: containerLogs.id }
}

@description('Name of the metrics workspace.')
output name string = metrics.name

@description('Id of the metrics workspace.')
output resourceId string = metrics.id
