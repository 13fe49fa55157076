// One network security group per subnet. What no rule allows is denied.
targetScope = 'resourceGroup'

@description('Name of the virtual network the groups belong to.')
param networkName string

@description('Region.')
param location string

@description('Range of the application subnet, the only client of the data subnets.')
param applicationRange string

@description('Range of the gateway subnet, the only way in from outside.')
param gatewayRange string

@description('Range of the pods, which the overlay carries from node to node.')
param podRange string

@description('Ports of the services behind the gateway.')
param servicePorts array

@description('Workspace that receives the logs.')
param workspaceId string

@description('What each subnet lets in; the order is that of the subnets.')
var openings = [
  {
    subnet: 'application'
    allow: [
      { name: 'Gateway', source: gatewayRange, ports: servicePorts }
      { name: 'Nodes', source: applicationRange, ports: [ '0-65535' ] }
      { name: 'Pods', source: podRange, ports: [ '0-65535' ] }
      { name: 'Probes', source: 'AzureLoadBalancer', ports: [ '0-65535' ] }
    ]
  }
  {
    subnet: 'database'
    allow: [
      { name: 'PostgreSql', source: applicationRange, ports: [ '5432', '6432' ] }
      { name: 'Cosmos', source: applicationRange, ports: [ '443' ] }
    ]
  }
  {
    subnet: 'cache'
    allow: [
      { name: 'Redis', source: applicationRange, ports: [ '10000' ] }
    ]
  }
  {
    subnet: 'gateway'
    allow: [
      { name: 'FrontDoor', source: 'AzureFrontDoor.Backend', ports: [ '443' ] }
      { name: 'GatewayManager', source: 'GatewayManager', ports: [ '65200-65535' ] }
      { name: 'Probes', source: 'AzureLoadBalancer', ports: [ '0-65535' ] }
    ]
  }
  {
    subnet: 'messaging'
    allow: [
      { name: 'Amqp', source: applicationRange, ports: [ '443', '5671' ] }
    ]
  }
  {
    subnet: 'security'
    allow: [
      { name: 'Services', source: applicationRange, ports: [ '443' ] }
      { name: 'Gateway', source: gatewayRange, ports: [ '443' ] }
    ]
  }
]

@description('What every group ends with: from anywhere, to any port.')
var rest = [
  { name: 'Rest', source: '*', ports: [ '0-65535' ] }
]

@description('The groups; the last rule of each denies the rest, also traffic inside the network.')
resource groups 'Microsoft.Network/networkSecurityGroups@2025-09-01' = [
  for opening in openings: {
    name: 'nsg-${networkName}-${opening.subnet}'
    location: location
    properties: {
      securityRules: [
        for (rule, i) in concat(opening.allow, rest): {
          name: rule.source == '*' ? 'DenyRest' : 'Allow${rule.name}'
          properties: {
            priority: rule.source == '*' ? 4096 : 100 + 10 * i
            direction: 'Inbound'
            access: rule.source == '*' ? 'Deny' : 'Allow'
            protocol: rule.ports[0] == '0-65535' ? '*' : 'Tcp'
            sourceAddressPrefix: rule.source
            sourcePortRange: '*'
            destinationAddressPrefix: '*'
            destinationPortRanges: rule.ports
          }
        }
      ]
    }
  }
]

@description('Logs of the groups.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for i in range(0, length(openings)): {
    name: 'to-workspace'
    scope: groups[i]
    properties: {
      workspaceId: workspaceId
      logs: [
        {
          categoryGroup: 'allLogs'
          enabled: true
        }
      ]
    }
  }
]

@description('Name of the first group.')
output name string = groups[0].name

@description('Ids of the groups, in the order application, database, cache, gateway, messaging, security.')
output resourceId array = [for i in range(0, length(openings)): groups[i].id]
