// Firewall policy of Front Door, in Prevention.
targetScope = 'resourceGroup'

@description('Name, letters and digits only.')
param name string

@description('Requests a minute from one address.')
param requestsPerMinute int = 1000

@description('The policy.')
resource policy 'Microsoft.Network/frontDoorWebApplicationFirewallPolicies@2025-11-01' = {
  name: name
  location: 'Global'
  sku: { name: 'Premium_AzureFrontDoor' }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: 'Enabled'
      customBlockResponseStatusCode: 403
    }
    customRules: {
      rules: [
        {
          name: 'RateLimit'
          priority: 100
          ruleType: 'RateLimitRule'
          action: 'Block'
          rateLimitDurationInMinutes: 1
          rateLimitThreshold: requestsPerMinute
          groupBy: [ { variableName: 'SocketAddr' } ]
          matchConditions: [ { matchVariable: 'RequestUri', operator: 'BeginsWith', matchValue: [ '/' ] } ]
        }
      ]
    }
    managedRules: {
      managedRuleSets: [
        { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
      ]
    }
  }
}

@description('Name of the policy.')
output name string = policy.name

@description('Id of the policy.')
output resourceId string = policy.id
