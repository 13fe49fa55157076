// Asks the public address from outside and alerts when two places get no answer.
targetScope = 'resourceGroup'

@description('Prefix of the names.')
param prefix string

@description('Region.')
param location string

@description('Public host name.')
param host string

@description('Application Insights that keeps the answers.')
param insightsId string

@description('Whom the alert reaches.')
param actionGroupId string

@description('Places that ask: Japan East, Southeast Asia, East Asia, West Europe, West US.')
var places = [ 'apac-jp-kaw-edge', 'apac-sg-sin-azr', 'apac-hk-hkn-azr', 'emea-nl-ams-azr', 'us-ca-sjc-azr' ]

@description('The question.')
resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${prefix}-availability'
  location: location
  kind: 'standard'
  tags: { 'hidden-link:${insightsId}': 'Resource' }
  properties: {
    Name: '${prefix}-availability'
    SyntheticMonitorId: '${prefix}-availability'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [for place in places: { Id: place }]
    Request: { RequestUrl: 'https://${host}/api/v1/health/ready', HttpVerb: 'GET' }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 30 }
  }
}

@description('The alert.')
resource rule 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: '${prefix}-availability'
  location: 'global'
  tags: { 'hidden-link:${insightsId}': 'Resource', 'hidden-link:${test.id}': 'Resource' }
  properties: {
    description: 'The public address does not answer.'
    enabled: true
    severity: 0
    scopes: [ insightsId, test.id ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [ { actionGroupId: actionGroupId } ]
  }
}

@description('Name of the rule.')
output name string = rule.name

@description('Id of the rule.')
output resourceId string = rule.id
