// Measurements that a test runs are lent databases of the run's one PostgreSQL: to start one for each takes longer than they do.
import { lendDatabases } from '../../cli/measure/own-database.ts';
import { freshDatabase } from './database.ts';

// As many connections as one of its own has: open files are counted.
lendDatabases(() => freshDatabase({ max: 4 }));
