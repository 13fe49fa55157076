// Running the cluster: its logs, and when Azure may upgrade it (Sunday night in Korea and Japan).
targetScope = 'resourceGroup'

@description('Name of the cluster.')
param clusterName string

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('Day of the week.')
param dayOfWeek string = 'Sunday'

@description('Start, HH:MM at the offset below.')
param startTime string = '02:00'

@description('Offset from UTC.')
param utcOffset string = '+09:00'

@description('The two kinds of upgrade.')
var schedules = [
  'aksManagedAutoUpgradeSchedule'
  'aksManagedNodeOSUpgradeSchedule'
]

@description('The cluster.')
resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' existing = {
  name: clusterName
}

@description('The windows, four hours each.')
resource window 'Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2026-05-01' = [
  for schedule in schedules: {
    parent: cluster
    name: schedule
    properties: {
      maintenanceWindow: {
        durationHours: 4
        startTime: startTime
        utcOffset: utcOffset
        schedule: {
          weekly: {
            dayOfWeek: dayOfWeek
            intervalWeeks: 1
          }
        }
      }
    }
  }
]

@description('Logs and metrics; every audit line but those of reads.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: cluster
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in [ 'kube-apiserver', 'kube-audit-admin', 'guard', 'cluster-autoscaler' ]: {
        category: category
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Name of the first window.')
output name string = window[0].name

@description('Id of the first window.')
output resourceId string = window[0].id
