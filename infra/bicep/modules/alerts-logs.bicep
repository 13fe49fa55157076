// Alerts from logs: error rate, time to a draft, what is about to expire, backups that failed.
targetScope = 'resourceGroup'

@description('Prefix of the names.')
param prefix string

@description('Region.')
param location string

@description('Workspace that is asked.')
param workspaceId string

@description('Whom the alerts reach.')
param actionGroupId string

@description('Share of failed requests in per cent.')
param errorPercent int = 1

@description('Time of a planning step in seconds, 95th percentile.')
param draftSeconds int = 5

@description('The alerts. A query answers with a row when there is something to say. A refusal (4xx) counts as not successful in Application Insights, so the code is asked; one kept request stands for ItemCount.')
var alerts = [
  {
    name: 'error-rate'
    text: 'More requests fail than allowed.'
    severity: 1
    window: 'PT5M'
    every: 'PT5M'
    query: 'AppRequests | where AppRoleName in ("user", "trip", "ai", "location", "notification") | summarize total = sum(ItemCount), failed = sumif(ItemCount, toint(ResultCode) >= 500 or (ResultCode == "0" and Success == false)) | where total >= 20 and failed * 100.0 / total > ${errorPercent}'
  }
  {
    name: 'draft-time'
    text: 'A step of planning takes too long.'
    severity: 2
    window: 'PT15M'
    every: 'PT5M'
    query: 'AppRequests | where Name == "generate_schedule" and Properties["tripgen.job.step"] == "planning" | summarize p95 = percentilew(DurationMs, ItemCount, 95) | where p95 > ${draftSeconds * 1000}'
  }
  {
    name: 'expiry'
    text: 'A certificate, key or secret expires within 30 days.'
    severity: 2
    window: 'P1D'
    every: 'PT12H'
    query: 'AzureDiagnostics | where ResourceProvider == "MICROSOFT.KEYVAULT" and OperationName has "NearExpiry"'
  }
  {
    name: 'backup'
    text: 'A copy into the backup vault failed.'
    severity: 1
    window: 'P1D'
    every: 'PT12H'
    query: 'AddonAzureBackupJobs | where JobOperation == "Backup" and JobStatus == "Failed"'
  }
]

@description('The rules.')
resource rule 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in alerts: {
    name: '${prefix}-${alert.name}'
    location: location
    kind: 'LogAlert'
    properties: {
      description: alert.text
      severity: alert.severity
      enabled: true
      scopes: [ workspaceId ]
      evaluationFrequency: alert.every
      windowSize: alert.window
      autoMitigate: true
      skipQueryValidation: true
      criteria: {
        allOf: [ { query: alert.query, timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0 } ]
      }
      actions: { actionGroups: [ actionGroupId ] }
    }
  }
]

@description('Name of the first rule.')
output name string = rule[0].name

@description('Id of the first rule.')
output resourceId string = rule[0].id
