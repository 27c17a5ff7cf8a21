// The face of the glass: what people see and press.
export { hashPassword } from './accounts-password.ts';
export { limits } from './limits.ts';
export { holders, may, permissionsOf } from './may.ts';
export { startDashboard, type Dashboard, type DashboardOptions, type DashboardSettings } from './start.ts';
