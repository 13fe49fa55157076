// Application Gateway WAF_v2 over three zones: TLS from Front Door, then one of the services by path.
targetScope = 'resourceGroup'

@description('Where the gateway stands and what it shows.')
type Frontend = {
  // Subnet of the gateway, its own.
  subnetId: string
  // Public address.
  addressId: string
  // Firewall policy.
  firewallPolicyId: string
  // Identity that reads the certificate.
  identityId: string
  // Address of the certificate in the vault, without a version.
  certificateSecret: string
  // Host name in the certificate.
  hostName: string
}

@description('Name.')
param name string

@description('Region.')
param location string

@description('Zones.')
param zones array

@description('Where the gateway stands and what it shows.')
param frontend Frontend

@description('Services: name, address, port, paths. The first answers what no path names.')
param services array

@description('Most instances; two always run.')
param maxInstances int = 10

@description('Workspace that receives logs and metrics.')
param workspaceId string

@description('What ids of the gateway\'s parts begin with.')
var self = resourceId('Microsoft.Network/applicationGateways', name)

@description('The gateway.')
resource gateway 'Microsoft.Network/applicationGateways@2025-09-01' = {
  name: name
  location: location
  zones: zones
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${frontend.identityId}': {} } }
  properties: {
    sku: { name: 'WAF_v2', tier: 'WAF_v2' }
    autoscaleConfiguration: { minCapacity: 2, maxCapacity: maxInstances }
    enableHttp2: true
    firewallPolicy: { id: frontend.firewallPolicyId }
    forceFirewallPolicyAssociation: true
    sslPolicy: { policyType: 'Predefined', policyName: 'AppGwSslPolicy20220101S' }
    gatewayIPConfigurations: [ { name: 'subnet', properties: { subnet: { id: frontend.subnetId } } } ]
    frontendIPConfigurations: [ { name: 'public', properties: { publicIPAddress: { id: frontend.addressId } } } ]
    frontendPorts: [ { name: 'https', properties: { port: 443 } } ]
    sslCertificates: [ { name: 'site', properties: { keyVaultSecretId: frontend.certificateSecret } } ]
    httpListeners: [
      {
        name: 'https'
        properties: {
          frontendIPConfiguration: { id: '${self}/frontendIPConfigurations/public' }
          frontendPort: { id: '${self}/frontendPorts/https' }
          protocol: 'Https'
          sslCertificate: { id: '${self}/sslCertificates/site' }
          hostName: frontend.hostName
        }
      }
    ]
    backendAddressPools: [
      for service in services: { name: service.name, properties: { backendAddresses: [ { ipAddress: service.address } ] } }
    ]
    probes: [
      for service in services: {
        name: service.name
        properties: {
          protocol: 'Http'
          host: frontend.hostName
          path: '/api/v1/health/ready'
          interval: 10
          timeout: 5
          unhealthyThreshold: 3
        }
      }
    ]
    backendHttpSettingsCollection: [
      for service in services: {
        name: service.name
        properties: {
          port: service.port
          protocol: 'Http'
          requestTimeout: 60
          cookieBasedAffinity: 'Disabled'
          connectionDraining: { enabled: true, drainTimeoutInSec: 30 }
          probe: { id: '${self}/probes/${service.name}' }
        }
      }
    ]
    urlPathMaps: [
      {
        name: 'services'
        properties: {
          defaultBackendAddressPool: { id: '${self}/backendAddressPools/${services[0].name}' }
          defaultBackendHttpSettings: { id: '${self}/backendHttpSettingsCollection/${services[0].name}' }
          pathRules: [
            for service in services: {
              name: service.name
              properties: {
                paths: service.paths
                backendAddressPool: { id: '${self}/backendAddressPools/${service.name}' }
                backendHttpSettings: { id: '${self}/backendHttpSettingsCollection/${service.name}' }
              }
            }
          ]
        }
      }
    ]
    requestRoutingRules: [
      {
        name: 'by-path'
        properties: {
          ruleType: 'PathBasedRouting'
          priority: 100
          httpListener: { id: '${self}/httpListeners/https' }
          urlPathMap: { id: '${self}/urlPathMaps/services' }
        }
      }
    ]
  }
}

@description('Logs and metrics.')
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: gateway
  properties: {
    workspaceId: workspaceId
    logs: [ { categoryGroup: 'allLogs', enabled: true } ]
    metrics: [ { category: 'AllMetrics', enabled: true } ]
  }
}

@description('Name of the gateway.')
output name string = gateway.name

@description('Id of the gateway.')
output resourceId string = gateway.id
