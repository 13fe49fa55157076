// The way in: Front Door, the application gateway behind it, their firewalls, and a watch from outside.
targetScope = 'resourceGroup'

@description('Which site this is.')
type Site = {
  // Environment: dev or prod.
  environmentName: string
  // Names of its resources.
  names: object
  // Region.
  location: string
  // Zones.
  zones: array
  // Whether it owns Front Door.
  isFirst: bool
  // Id that the Front Door of the first site sends, where this is not the first.
  frontDoorId: string
}

@description('Where telemetry goes and whom alerts reach.')
type Watch = {
  // Workspace of the logs.
  workspaceId: string
  // Application Insights.
  insightsId: string
  // Whom alerts reach.
  actionGroupId: string
}

@description('Which site this is.')
param site Site

@description('Certificate, host and further hosts, as main.bicep declares them.')
param edge object

@description('Services behind the gateway.')
param services array

@description('Subnet of the gateway.')
param subnetId string

@description('Identity that reads the certificate.')
param identityId string

@description('Address of the vault that holds it.')
param vaultUri string

@description('Where telemetry goes and whom alerts reach.')
param watch Watch

@description('Public address of the gateway.')
module address '../modules/public-address.bicep' = {
  name: 'address'
  params: { name: site.names.gateway, location: site.location, zones: site.zones, workspaceId: watch.workspaceId }
}

@description('Firewall of Front Door.')
module frontDoorFirewall '../modules/front-door-firewall.bicep' = if (site.isFirst) {
  name: 'front-door-firewall'
  params: { name: replace(site.names.frontDoor, '-', '') }
}

@description('Front Door.')
module frontDoor '../modules/front-door.bicep' = if (site.isFirst) {
  name: 'front-door'
  params: {
    name: site.names.frontDoor
    firewallPolicyId: frontDoorFirewall!.outputs.resourceId
    originHosts: concat([ edge.host ], edge.furtherHosts)
    workspaceId: watch.workspaceId
  }
}

@description('Firewall of the gateway.')
module gatewayFirewall '../modules/gateway-firewall.bicep' = {
  name: 'gateway-firewall'
  params: {
    name: 'waf-${site.names.gateway}'
    location: site.location
    frontDoorId: site.isFirst ? frontDoor!.outputs.frontDoorId : site.frontDoorId
  }
}

@description('Application gateway.')
module gateway '../modules/application-gateway.bicep' = {
  name: 'gateway'
  params: {
    name: site.names.gateway
    location: site.location
    zones: site.zones
    frontend: {
      subnetId: subnetId
      addressId: address.outputs.resourceId
      firewallPolicyId: gatewayFirewall.outputs.resourceId
      identityId: identityId
      certificateSecret: '${vaultUri}secrets/${edge.certificate}'
      hostName: edge.host
    }
    services: services
    workspaceId: watch.workspaceId
  }
}

@description('Alert of availability.')
module availability '../modules/alerts-availability.bicep' = if (site.isFirst) {
  name: 'availability'
  params: {
    prefix: 'alert-tripgen-${site.environmentName}'
    location: site.location
    host: frontDoor!.outputs.host
    insightsId: watch.insightsId
    actionGroupId: watch.actionGroupId
  }
}

@description('Host name the certificate\'s name points to.')
output gatewayHost string = address.outputs.host

@description('What gateways must find in X-Azure-FDID.')
output frontDoorId string = site.isFirst ? frontDoor!.outputs.frontDoorId : site.frontDoorId

@description('Public host name; empty on further sites.')
output publicHost string = site.isFirst ? frontDoor!.outputs.host : ''
