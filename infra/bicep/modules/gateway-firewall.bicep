// Firewall policy of the application gateway, in Prevention: only this Front Door, OWASP and bot rules, rate limit.
targetScope = 'resourceGroup'

@description('Name.')
param name string

@description('Region.')
param location string

@description('Front Door that may pass.')
param frontDoorId string

@description('Requests a minute from one address.')
param requestsPerMinute int = 1000

@description('The policy. The address of the client is in X-Forwarded-For: Front Door is the one who connects.')
resource policy 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies@2025-09-01' = {
  name: name
  location: location
  properties: {
    policySettings: {
      state: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: true
      maxRequestBodySizeInKb: 128
      fileUploadLimitInMb: 1
    }
    customRules: [
      {
        name: 'OnlyOurFrontDoor'
        priority: 1
        ruleType: 'MatchRule'
        action: 'Block'
        matchConditions: [
          {
            matchVariables: [ { variableName: 'RequestHeaders', selector: 'X-Azure-FDID' } ]
            operator: 'Equal'
            negationConditon: true
            matchValues: [ frontDoorId ]
          }
        ]
      }
      {
        name: 'RateLimit'
        priority: 2
        ruleType: 'RateLimitRule'
        action: 'Block'
        rateLimitDuration: 'OneMin'
        rateLimitThreshold: requestsPerMinute
        groupByUserSession: [ { groupByVariables: [ { variableName: 'ClientAddrXFFHeader' } ] } ]
        matchConditions: [
          {
            matchVariables: [ { variableName: 'RequestUri' } ]
            operator: 'BeginsWith'
            matchValues: [ '/' ]
          }
        ]
      }
    ]
    managedRules: {
      managedRuleSets: [
        { ruleSetType: 'OWASP', ruleSetVersion: '3.2' }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
      ]
    }
  }
}

@description('Name of the policy.')
output name string = policy.name

@description('Id of the policy.')
output resourceId string = policy.id
