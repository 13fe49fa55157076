// Alerts from metrics: messages that wait or died, a replica that falls behind.
targetScope = 'resourceGroup'

@description('Prefix of the names.')
param prefix string

@description('Service Bus namespace.')
param serviceBusId string

@description('Server that follows another: the read replica, or the database of a second site; empty for none.')
param replicaId string

@description('Whom the alerts reach.')
param actionGroupId string

@description('Most seconds the replica may be behind.')
param lagSeconds int = 60

@description('Alerts of the queues. Service Bus reports no age: a queue that is never empty for 15 minutes holds what waited.')
var busAlerts = [
  { name: 'queue-age', metric: 'ActiveMessages', aggregation: 'Minimum', window: 'PT15M', severity: 2 }
  { name: 'dead-letters', metric: 'DeadletteredMessages', aggregation: 'Maximum', window: 'PT5M', severity: 1 }
]

@description('The rules of the queues, one alert for each queue.')
resource busRule 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for alert in busAlerts: {
    name: '${prefix}-${alert.name}'
    location: 'global'
    properties: {
      enabled: true
      severity: alert.severity
      scopes: [ serviceBusId ]
      evaluationFrequency: 'PT1M'
      windowSize: alert.window
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.name
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: 0
            dimensions: [ { name: 'EntityName', operator: 'Include', values: [ '*' ] } ]
          }
        ]
      }
      actions: [ { actionGroupId: actionGroupId } ]
    }
  }
]

@description('The rule of the replica.')
resource lagRule 'Microsoft.Insights/metricAlerts@2026-01-01' = if (!empty(replicaId)) {
  name: '${prefix}-replica-lag'
  location: 'global'
  properties: {
    enabled: true
    severity: 2
    scopes: [ replicaId ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'replica-lag'
          metricName: 'physical_replication_delay_in_seconds'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: lagSeconds
        }
      ]
    }
    actions: [ { actionGroupId: actionGroupId } ]
  }
}

@description('Name of the first rule.')
output name string = busRule[0].name

@description('Id of the first rule.')
output resourceId string = busRule[0].id
