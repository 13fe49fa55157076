// Members of a service that has one for itself and one for each of its regions. It holds no resource.
targetScope = 'resourceGroup'

@description('Member of the service.')
param own string

@description('What the members of regions begin with.')
param prefix string

@description('Regions, at most the last of them empty.')
param regions array

@description('One member for each region.')
var regional = [for region in regions: '${prefix}${region}']

@description('All members, that of the service first.')
output members array = concat([ own ], empty(last(regions)) ? take(regional, length(regions) - 1) : regional)
