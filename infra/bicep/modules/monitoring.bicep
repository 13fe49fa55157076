// Log Analytics, Application Insights on top of it, and whom an alert reaches.
targetScope = 'resourceGroup'

@description('Name of the workspace.')
param name string

@description('Name of Application Insights.')
param insightsName string

@description('Region.')
param location string

@description('Days that logs are kept.')
param retentionDays int = 90

@description('Most GB a day; -1 for no limit.')
param dailyGb int = -1

@description('Mail address that alerts go to.')
param alertMail string

@description('The workspace.')
resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: name
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyGb }
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

@description('Application Insights; whoever sends telemetry has an identity.')
resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

@description('Whom alerts reach.')
resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  properties: {
    groupShortName: 'tripgen'
    enabled: true
    emailReceivers: [ { name: 'operators', emailAddress: alertMail, useCommonAlertSchema: true } ]
  }
}

@description('Who asked the workspace what.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    logs: [ { categoryGroup: 'audit', enabled: true } ]
  }
}

@description('Name of the workspace.')
output name string = workspace.name

@description('Id of the workspace.')
output resourceId string = workspace.id

@description('Id of Application Insights.')
output insightsId string = insights.id

@description('Where telemetry goes. It holds no secret: without an identity nothing is taken.')
output insightsConnection string = insights.properties.ConnectionString

@description('Id of the action group.')
output actionGroupId string = people.id
