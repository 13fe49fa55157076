// The workbook: requests, planning and queues on one page.
targetScope = 'resourceGroup'

@description('Name that is shown.')
param name string

@description('Region.')
param location string

@description('Workspace that is asked.')
param workspaceId string

@description('The workbook; its id must be a GUID.')
resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, name)
  location: location
  kind: 'shared'
  properties: {
    displayName: name
    category: 'workbook'
    sourceId: workspaceId
    serializedData: loadTextContent('../workbook.json')
  }
}

@description('Name of the workbook.')
output name string = workbook.name

@description('Id of the workbook.')
output resourceId string = workbook.id
