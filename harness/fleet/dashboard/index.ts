export { dashboardApp, type DashboardOptions } from './dashboard-app';
export type { FleetJob, FleetState } from './fleet-state';
export { serveDashboard, type ServedDashboard, type ServeDashboardOptions } from './serve-dashboard';
